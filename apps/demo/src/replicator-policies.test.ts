import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PolicySettings } from "./command-line.ts";
import { openReplicator } from "./replication/open-replicator.ts";
import { type Policy, type ReplicatorPolicies, replicatorPolicies } from "./replicator-policies.ts";

const account = "111111111111";
const destination = "222222222222";
const toRoleArn = `arn:aws:iam::${destination}:role/writer`;
const settings: PolicySettings = {
  account,
  from: "us-east-1",
  to: "eu-west-1",
  toRoleArn,
  externalId: "ours",
  kmsKeyArn: [],
  metrics: "Mine",
  dlqArn: undefined,
};
let aws: LocalAws;
let folder: string;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { listMs: 0, forcedDeletionMs: 0 } });
  folder = await mkdtemp(join(tmpdir(), "replicate-policies-"));
});

afterEach(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

/** The endpoint does not tell which namespace a request is for; that this is demanded is a test of its own. */
function withoutConditions(policy: Policy): Policy {
  return { ...policy, Statement: policy.Statement.map(({ Condition: _, ...statement }) => statement) };
}

/** Runs everything a replicator does, undo included, with these policies. @returns the outcomes of its runs. */
async function runWith({ replicator, destinationRole, destinationTrust }: ReplicatorPolicies): Promise<string[]> {
  aws.createRole({ account, name: "replicator", policy: withoutConditions(replicator) });
  aws.createRole({
    account: destination,
    name: "writer",
    trustPolicy: destinationTrust as never,
    policy: destinationRole,
  });
  const client = new SecretsManagerClient(aws.clientConfig({ account, region: "us-east-1" }));
  const credentials = await assume(`arn:aws:iam::${account}:role/replicator`);
  const outcomes: string[] = [];
  await using opened = await openReplicator({
    ...{
      journal: join(folder, "journal"),
      stepDeadlineMs: 5_000,
      settleMarginMs: 10,
      profile: undefined,
      localOnly: true,
    },
    ...{ endpoint: aws.endpoint, credentials, metrics: { namespace: "Mine", region: "eu-west-1" }, onEvent: () => {} },
  });
  const run = async () => {
    const report = await opened
      .run({
        ...{ from: "us-east-1", to: "eu-west-1", toRoleArn, externalId: "ours", filter: [], transform: undefined },
        ...{
          rename: (name: string) => name,
          kmsKeyId: undefined,
          concurrency: 1,
          signal: new AbortController().signal,
        },
      })
      .catch((error: Error) => ({ outcome: error.name }));
    outcomes.push(report.outcome);
  };
  const tag = (name: string, Value: string) =>
    client.send(new TagResourceCommand({ SecretId: name, Tags: [{ Key: "k", Value }] }));
  await client.send(
    new CreateSecretCommand({ Name: "app/a", SecretString: "one", Tags: [{ Key: "old", Value: "1" }] }),
  );
  await run(); // creates
  await client.send(new PutSecretValueCommand({ SecretId: "app/a", SecretString: "two" }));
  await tag("app/a", "2");
  await client.send(new UntagResourceCommand({ SecretId: "app/a", TagKeys: ["old"] }));
  await client.send(new UpdateSecretCommand({ SecretId: "app/a", Description: "new" }));
  await run(); // puts, updates, tags, untags
  await client.send(new PutSecretValueCommand({ SecretId: "app/a", SecretString: "three" }));
  await client.send(new CreateSecretCommand({ Name: "app/b", SecretString: "one" }));
  await client.send(new CreateSecretCommand({ Name: "app/c", SecretString: "one" }));
  const failing = aws.faults.add({
    operation: "CreateSecret",
    account: destination,
    skip: 1,
    fault: "error",
    status: 400,
    code: "EncryptionFailure",
  });
  await run(); // undoes: moves a label back, deletes
  failing.remove();
  client.destroy();
  return outcomes;
}

async function assume(RoleArn: string) {
  const sts = new STSClient(aws.clientConfig({ account, region: "us-east-1" }));
  const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }));
  sts.destroy();
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
}

const all = ["replicated", "replicated", "rolled-back"];

test("they are enough: a replicator runs with them across accounts, its undo included", async () => {
  expect(await runWith(replicatorPolicies(settings))).toEqual(all);
  expect(aws.calls({ operation: "PutMetricData" })).toMatchObject([{ status: 200 }]);
});

const actionsOf = (policy: Policy | undefined) =>
  (policy?.Statement ?? []).filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
const without = (policy: Policy, action: string): Policy => ({
  ...policy,
  Statement: policy.Statement.map((statement) =>
    statement.Effect === "Deny"
      ? statement
      : { ...statement, Action: statement.Action.filter((one) => one !== action) },
  ).filter(({ Action }) => Action.length > 0),
});

describe("and no more than enough: without any one action something fails", () => {
  const whole = replicatorPolicies(settings);
  test.each(actionsOf(whole.destinationRole))("%s at the destination", async (action) => {
    expect(await runWith({ ...whole, destinationRole: without(whole.destinationRole!, action) })).not.toEqual(all);
  });

  test.each(actionsOf(whole.replicator).filter((action) => action !== "cloudwatch:PutMetricData"))(
    "%s at the source",
    async (action) => {
      expect(await runWith({ ...whole, replicator: without(whole.replicator, action) })).not.toEqual(all);
    },
  );
});

test("metrics go to their namespace alone", () => {
  expect(replicatorPolicies(settings).replicator.Statement).toContainEqual(
    expect.objectContaining({ Sid: "SendMetrics", Condition: { StringEquals: { "cloudwatch:namespace": "Mine" } } }),
  );
});

test("configuration cannot be written with them", () => {
  expect(replicatorPolicies(settings).destinationRole?.Statement).toContainEqual(
    expect.objectContaining({
      Effect: "Deny",
      Resource: [`arn:aws:secretsmanager:*:${destination}:secret:secrets-replicator/*`],
    }),
  );
});

test("keys are allowed through Secrets Manager alone, where they are; a queue if there is one; every partition", () => {
  const key = (region: string, owner: string) => `arn:aws-cn:kms:${region}:${owner}:key/1`;
  const { replicator, destinationRole } = replicatorPolicies({
    account,
    from: "cn-north-1",
    to: "cn-northwest-1",
    toRoleArn: undefined,
    externalId: undefined,
    kmsKeyArn: [key("cn-north-1", account), key("cn-northwest-1", account)],
    metrics: undefined,
    dlqArn: `arn:aws-cn:sqs:cn-north-1:${account}:dead`,
  });
  expect(destinationRole).toBeUndefined();
  expect(replicator.Statement.map(({ Sid }) => Sid)).toEqual(
    expect.arrayContaining(["SourceKeys", "DestinationKeys", "SendDeadLetters", "WriteDestination"]),
  );
  expect(replicator.Statement.find(({ Sid }) => Sid === "SourceKeys")).toMatchObject({
    Resource: [key("cn-north-1", account)],
    Condition: { StringEquals: { "kms:ViaService": "secretsmanager.cn-north-1.amazonaws.com" } },
  });
  expect(JSON.stringify(replicator)).not.toContain("arn:aws:");
});

test.each([
  [{ account: "1" }, /--account is not twelve digits/],
  [{ from: "us-east-1a" }, /--from: us-east-1a is an availability zone/],
  [{ toRoleArn: "writer" }, /--to-role-arn/],
  [{ toRoleArn: undefined }, /--external-id needs/],
  [{ kmsKeyArn: ["alias/x"] }, /--kms-key-arn/],
  [{ dlqArn: "x" }, /--dlq-arn/],
])("what is wrong is named: %j", (change, message) => {
  expect(() => replicatorPolicies({ ...settings, ...change })).toThrow(message);
});
