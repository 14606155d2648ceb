import { CloudWatchClient, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startLocalAws } from "@holdfast/local-aws";
import { expect, test } from "vitest";
import { createClientFactory } from "./create-client-factory.ts";

test("a hundred accounts, ten regions, five services: one AssumeRole an account, few sockets, few clients kept", async () => {
  const accounts = Array.from({ length: 100 }, (_, index) => String(200_000_000_000 + index));
  const regions = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "ap-south-1",
    "sa-east-1",
  ];
  await using aws = await startLocalAws({
    quotas: false,
    callCapacity: 20_000,
    roles: accounts.map((account) => ({ account, name: "Deploy", trusts: ["111122223333"] })),
  });
  for (const service of ["dynamodb", "sqs", "kms"]) aws.respond({ service, reply: { output: {} } });
  const patient = { connectTimeoutMs: 60_000, readTimeoutMs: 60_000 }; // five hundred requests on 25 sockets, on any machine
  await using factory = createClientFactory({
    ...aws.clientConfig(),
    localOnly: true,
    maxClients: 500,
    sockets: { maxSockets: 25 },
    tiers: { standard: patient, data: patient, "long-poll": patient },
  });
  let most = 0;
  const visit = async (account: string) => {
    const there = factory.assumeRole({ roleArn: `arn:aws:iam::${account}:role/Deploy` });
    // Every client is made; one request an account keeps the test short.
    for (const region of regions) {
      for (const client of [SecretsManagerClient, CloudWatchClient, DynamoDBClient, SQSClient, KMSClient])
        there.client(client, { region });
    }
    const region = regions[Number(account.slice(-1))];
    await Promise.all([
      there.client(SecretsManagerClient, { region }).send(new ListSecretsCommand({})),
      there.client(CloudWatchClient, { region }).send(new ListMetricsCommand({})),
      there.client(DynamoDBClient, { region }).send(new ListTablesCommand({})),
      there.client(SQSClient, { region }).send(new ListQueuesCommand({})),
      there.client(KMSClient, { region }).send(new ListKeysCommand({})),
    ]);
    const { socketsInUse, socketsFree } = factory.stats();
    most = Math.max(most, socketsInUse + socketsFree);
  };
  for (let start = 0; start < accounts.length; start += 20) {
    await Promise.all(accounts.slice(start, start + 20).map(visit));
  }
  expect(aws.calls({ operation: "AssumeRole" })).toHaveLength(100);
  expect(new Set(aws.calls({ operation: "ListTables" }).map(({ account }) => account)).size).toBe(100);
  expect(most).toBeLessThanOrEqual(25);
  expect(factory.stats().clients).toBeLessThanOrEqual(500);
  expect(factory.stats().misses).toBeGreaterThanOrEqual(5_000);
}, 60_000);
