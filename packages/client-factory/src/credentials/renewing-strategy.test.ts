import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ClientFactory } from "../client-factory.ts";
import { createClientFactory } from "../create-client-factory.ts";
import type { CredentialProvider } from "./credentials.ts";

let aws: LocalAws;
const open: ClientFactory[] = [];
beforeAll(async () => {
  const key = { account: "111122223333", secretAccessKey: "secret" };
  aws = await startLocalAws({ quotas: false, accessKeys: { AKIA1: key, AKIA2: key, AKIA3: key } });
});
afterAll(() => aws.close());
afterEach(async () => {
  aws.faults.clear();
  aws.clearCalls();
  for (const factory of open.splice(0)) await factory.close();
});

/** A factory whose provider counts its keys up: AKIA1 is expired. */
function expiring(keys: number) {
  let fetched = 0;
  const credentials: CredentialProvider = async () => {
    fetched = Math.min(keys, fetched + 1);
    return { accessKeyId: `AKIA${fetched}`, secretAccessKey: "secret" };
  };
  aws.faults.add({ fault: "expired-credentials", when: ({ accessKeyId }) => accessKeyId === "AKIA1" });
  const factory = createClientFactory({
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials,
    localOnly: true,
    tiers: { standard: { maxAttempts: 2 } },
  });
  open.push(factory);
  return {
    factory,
    client: factory.client(SecretsManagerClient),
    fetched: () => factory.stats().credentials[0]?.refreshes,
  };
}

const keysUsed = () => aws.calls().map(({ accessKeyId }) => accessKeyId);

test("without a policy, a request whose credentials expired is repeated once, with new ones and the same token", async () => {
  const { client } = expiring(2);
  const { $metadata } = await client.send(new CreateSecretCommand({ Name: "a", SecretString: "v" }));
  expect($metadata).toMatchObject({ attempts: 2, totalRetryDelay: 0 });
  expect(keysUsed()).toEqual(["AKIA1", "AKIA2"]);
  expect(new Set(aws.calls().map(({ input }) => input.ClientRequestToken)).size).toBe(1);
});

test("the repeat does not take one of the SDK's attempts", async () => {
  const { client } = expiring(2);
  aws.faults.add({ fault: "reset", when: ({ accessKeyId }) => accessKeyId === "AKIA2", times: 1 });
  await expect(client.send(new PutSecretValueCommand({ SecretId: "a", SecretString: "w" }))).resolves.toMatchObject({
    $metadata: { attempts: 3 },
  });
  expect(aws.calls().map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

test("credentials that stay expired fail the call", async () => {
  const { client } = expiring(3);
  aws.faults.add({ fault: "expired-credentials" });
  await expect(client.send(new GetSecretValueCommand({ SecretId: "a" }))).rejects.toMatchObject({
    name: "ExpiredTokenException",
  });
  expect(keysUsed()).toEqual(["AKIA1", "AKIA2"]);
});

test("a provider that has no others is asked once, and the failure stands", async () => {
  const { client, fetched } = expiring(1);
  await expect(client.send(new GetSecretValueCommand({ SecretId: "a" }))).rejects.toMatchObject({
    name: "ExpiredTokenException",
  });
  expect(keysUsed()).toEqual(["AKIA1"]);
  expect(fetched()).toBe(2);
});

test("calls that expire together renew once", async () => {
  const { client, fetched } = expiring(2);
  await Promise.all(Array.from({ length: 20 }, () => client.send(new GetSecretValueCommand({ SecretId: "a" }))));
  expect(fetched()).toBe(2);
});
