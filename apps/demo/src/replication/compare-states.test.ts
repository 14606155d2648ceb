import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differingSecrets, readRegionState } from "./compare-states.ts";
import { readSecretState } from "./secret-state.ts";

const names = ["changed", "kept", "new"];
let aws: LocalAws;
let client: SecretsManagerClient;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { forcedDeletionMs: 0 } });
  client = new SecretsManagerClient(aws.clientConfig());
  for (const Name of ["changed", "kept"]) await client.send(new CreateSecretCommand({ Name, SecretString: "one" }));
  for (let time = 0; time < 2; time++) await put("two"); // both labelled versions hold the same value
});
afterEach(async () => {
  client.destroy();
  await aws.close();
});

const SecretId = "changed";
const put = (SecretString: string) => client.send(new PutSecretValueCommand({ SecretId, SecretString }));

test("two readings of what nobody touched are equal", async () => {
  const before = await readRegionState(client, names);
  expect(differingSecrets(before, await readRegionState(client, names))).toEqual([]);
});

test.each<[string, () => Promise<unknown>]>([
  ["another value", () => put("three")],
  ["the same value in another version", () => put("two")],
  ["a label on another version", swapLabels],
  ["another description", () => client.send(new UpdateSecretCommand({ SecretId, Description: "other" }))],
  ["another key", () => client.send(new UpdateSecretCommand({ SecretId, KmsKeyId: "alias/other" }))],
  ["another tag", () => client.send(new TagResourceCommand({ SecretId, Tags: [{ Key: "a", Value: "b" }] }))],
  ["its absence", () => client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))],
])("%s is a difference", async (_, change) => {
  const before = await readRegionState(client, names);
  await change();
  expect(differingSecrets(before, await readRegionState(client, names))).toEqual(["changed"]);
});

test("a secret that came since is a difference", async () => {
  const before = await readRegionState(client, names);
  await client.send(new CreateSecretCommand({ Name: "new" }));
  expect(differingSecrets(before, await readRegionState(client, names))).toEqual(["new"]);
});

async function swapLabels(): Promise<void> {
  const { AWSCURRENT: current, AWSPREVIOUS: previous } = (await readSecretState(client, SecretId))!.versionByLabel;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: current,
      MoveToVersionId: previous,
    }),
  );
}
