import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { type Journal, memoryStore, openJournal } from "@holdfast/rollback";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differingSecrets, readRegionState } from "./compare-states.ts";
import { destinationOperations } from "./destination-operations.ts";
import { readSecretState } from "./secret-state.ts";

let aws: LocalAws;
let client: SecretsManagerClient;
let journal: Journal;
const at = { region: "eu-west-1", roleArn: undefined, externalId: undefined };
const operations = destinationOperations({ clientAt: () => client, deadlineMs: 5_000 });

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { forcedDeletionMs: 0 } });
  client = new SecretsManagerClient(aws.clientConfig({ region: at.region }));
  journal = await openJournal({ store: memoryStore(), operations });
});

afterEach(async () => {
  await journal.close();
  client.destroy();
  await aws.close();
});

const create = (name: string, value: string, description?: string) =>
  client.send(
    new CreateSecretCommand({
      Name: name,
      SecretString: value,
      Description: description,
      Tags: [{ Key: "team", Value: "a" }],
    }),
  );
const readValue = async (name: string, label = "AWSCURRENT") =>
  (await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: label }))).SecretString;

test("a new version is undone by giving every label back, AWSPREVIOUS too", async () => {
  await create("app/a", "one");
  await client.send(new PutSecretValueCommand({ SecretId: "app/a", SecretString: "two" }));
  await client.send(
    new PutSecretValueCommand({ SecretId: "app/a", SecretString: "staged", VersionStages: ["CANARY"] }),
  );
  const before = await readRegionState(client, ["app/a"]);
  const labels = (await readSecretState(client, "app/a"))!.versionByLabel;
  expect(Object.keys(labels)).toEqual(["AWSCURRENT", "AWSPREVIOUS", "CANARY"]);

  const tx = await journal.begin("put");
  await tx.run(
    operations.putValue,
    { at, name: "app/a", before: labels },
    { unrecorded: { value: { text: "three" } } },
  );
  expect(await readValue("app/a")).toBe("three");
  expect(differingSecrets(before, await readRegionState(client, ["app/a"]))).toEqual(["app/a"]);

  expect(await tx.rollback("test")).toMatchObject({ outcome: "rolled-back" });
  expect(differingSecrets(before, await readRegionState(client, ["app/a"]))).toEqual([]);
});

test("a first version that had no AWSPREVIOUS leaves none behind", async () => {
  await create("app/a", "one");
  const before = (await readSecretState(client, "app/a"))!.versionByLabel;
  const tx = await journal.begin("put");
  await tx.run(operations.putValue, { at, name: "app/a", before }, { unrecorded: { value: { text: "two" } } });
  await tx.rollback("test");
  expect((await readSecretState(client, "app/a"))!.versionByLabel).toEqual(before);
});

test("a version that somebody wrote after ours stays current", async () => {
  await create("app/a", "one");
  const before = (await readSecretState(client, "app/a"))!.versionByLabel;
  const tx = await journal.begin("put");
  await tx.run(operations.putValue, { at, name: "app/a", before }, { unrecorded: { value: { text: "ours" } } });
  await client.send(new PutSecretValueCommand({ SecretId: "app/a", SecretString: "theirs" }));
  await tx.rollback("test");
  expect(await readValue("app/a")).toBe("theirs");
});

test("an undo that was cut off between its two moves is finished when it is repeated", async () => {
  await create("app/a", "one");
  await client.send(new PutSecretValueCommand({ SecretId: "app/a", SecretString: "two" }));
  const before = (await readSecretState(client, "app/a"))!.versionByLabel;
  const tx = await journal.begin("put");
  await tx.run(operations.putValue, { at, name: "app/a", before }, { unrecorded: { value: { text: "three" } } });
  const after = (await readSecretState(client, "app/a"))!.versionByLabel;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: "app/a",
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: after.AWSCURRENT,
      MoveToVersionId: before.AWSCURRENT,
    }),
  );
  await tx.rollback("test");
  expect((await readSecretState(client, "app/a"))!.versionByLabel).toEqual(before);
});

test("a created secret is deleted, for good", async () => {
  const tx = await journal.begin("create");
  const input = { at, name: "app/new", description: "", kmsKeyId: undefined, tags: { team: "a" } };
  await tx.run(operations.createSecret, input, { unrecorded: { value: { text: "one" } } });
  expect((await readSecretState(client, "app/new"))?.tags).toEqual({ team: "a" });
  await tx.rollback("test");
  expect(await readSecretState(client, "app/new")).toBeUndefined();
});

test("a secret of the same name that somebody made since is left alone", async () => {
  const tx = await journal.begin("create");
  const input = { at, name: "app/new", description: "", kmsKeyId: undefined, tags: {} };
  await tx.run(operations.createSecret, input, { unrecorded: { value: { text: "ours" } } });
  await client.send(new DeleteSecretCommand({ SecretId: "app/new", ForceDeleteWithoutRecovery: true }));
  await create("app/new", "theirs");
  await tx.rollback("test");
  expect(await readValue("app/new")).toBe("theirs");
});

test("settings and tags are put back as they were, absent ones included", async () => {
  await create("app/a", "one");
  const names = ["app/a"];
  const before = await readRegionState(client, names);
  const state = (await readSecretState(client, "app/a"))!;
  const tx = await journal.begin("settings");
  await tx.run(operations.updateSettings, {
    at,
    name: "app/a",
    before: { description: state.description, kmsKeyId: state.kmsKeyId },
    after: { description: "new", kmsKeyId: "alias/other" },
  });
  await tx.run(operations.writeTags, { at, name: "app/a", before: state.tags, after: { team: "b", extra: "yes" } });
  expect(await readSecretState(client, "app/a")).toMatchObject({
    description: "new",
    kmsKeyId: "alias/other",
    tags: { extra: "yes", team: "b" },
  });
  await tx.rollback("test");
  expect(differingSecrets(before, await readRegionState(client, names))).toEqual([]);
});

test("an answer that is lost after the effect is found by the probe, and undone", async () => {
  await create("app/a", "one");
  const before = await readRegionState(client, ["app/a"]);
  const labels = (await readSecretState(client, "app/a"))!.versionByLabel;
  const once = new SecretsManagerClient({ ...aws.clientConfig({ region: at.region }), maxAttempts: 1 });
  const lossy = destinationOperations({ clientAt: () => once, deadlineMs: 50 });
  const clock = manualClock();
  await using lossyJournal = await openJournal({ store: memoryStore(), operations: lossy, settleMarginMs: 0, clock });
  aws.faults.add({ operation: "PutSecretValue", fault: "lost-response", times: 1 });
  const tx = await lossyJournal.begin("put");
  await expect(
    tx.run(lossy.putValue, { at, name: "app/a", before: labels }, { unrecorded: { value: { text: "two" } } }),
  ).rejects.toThrow();
  expect(await readValue("app/a")).toBe("two");
  await clock.advance(50); // the change that was cut off can no longer take effect
  expect(await tx.rollback("test")).toMatchObject({ outcome: "rolled-back" });
  expect(differingSecrets(before, await readRegionState(client, ["app/a"]))).toEqual([]);
  once.destroy();
});
