import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  StopReplicationToReplicaCommand,
} from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const there = { region: "eu-west-1" };

test("ListSecrets shows a change only after the lag", async () => {
  await using aws = await rig({ lags: { listMs: 5_000 } });
  const client = aws.secretsManager();
  const names = async () => (await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name);
  await client.send(new CreateSecretCommand({ Name: "s" }));
  aws.clock.advance(4_999);
  expect(await names()).toEqual([]);
  aws.clock.advance(1);
  expect(await names()).toEqual(["s"]);
  await client.send(new DeleteSecretCommand({ SecretId: "s", ForceDeleteWithoutRecovery: true }));
  expect(await names()).toEqual(["s"]);
  aws.clock.advance(5_000);
  expect(await names()).toEqual([]);
});

test("a secret put there without a call is listed at once, and uses no quota", async () => {
  await using aws = await rig();
  const client = aws.secretsManager(there);
  const options = { ...there, description: "d", kmsKeyId: "k", tags: { a: "b" } };
  const arns = Array.from({ length: 100 }, (_, index) =>
    aws.local.createSecret({ ...options, name: `s${index}`, value: "1" }),
  );
  const { SecretList } = await client.send(new ListSecretsCommand({}));
  expect(SecretList?.map(({ ARN }) => ARN)).toEqual(arns);
  expect(SecretList?.[0]).toMatchObject({
    Name: "s0",
    Description: "d",
    KmsKeyId: "k",
    Tags: [{ Key: "a", Value: "b" }],
  });
  const read = await client.send(new GetSecretValueCommand({ SecretId: "s99" }));
  expect(read).toMatchObject({
    SecretString: "1",
    VersionId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  });
  expect(() => aws.local.createSecret({ ...options, name: "s1" })).toThrow("Expected `name` to be one that is free");
  expect(() => aws.local.createSecret({ name: "not a name" })).toThrow("Expected `name`");
});

test("lists in pages of 1 to 100, and refuses a token it did not give", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.secretsManager();
  for (let index = 0; index < 25; index++) await client.send(new CreateSecretCommand({ Name: `s${index}` }));
  aws.clock.advance(1_000);
  const names: (string | undefined)[] = [];
  for await (const { SecretList = [] } of paginateListSecrets({ client, pageSize: 10 }, {})) {
    names.push(...SecretList.map(({ Name }) => Name));
  }
  expect(names).toEqual(Array.from({ length: 25 }, (_, index) => `s${index}`));
  for (const MaxResults of [0, 101]) {
    expect((await failureOf(client.send(new ListSecretsCommand({ MaxResults })))).name).toBe("ValidationException");
  }
  const error = await failureOf(client.send(new ListSecretsCommand({ NextToken: "made-up" })));
  expect(error.name).toBe("InvalidNextTokenException");
});

test("filters by prefix of the name and by tag, and excludes what starts with !", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "app/a", Tags: [{ Key: "team", Value: "x" }] }));
  await client.send(new CreateSecretCommand({ Name: "app/b" }));
  await client.send(new CreateSecretCommand({ Name: "other/app" }));
  aws.clock.advance(1_000);
  const names = async (Key: "name" | "tag-key", Values: string[]) =>
    (await client.send(new ListSecretsCommand({ Filters: [{ Key, Values }] }))).SecretList?.map(({ Name }) => Name);
  expect(await names("name", ["app/"])).toEqual(["app/a", "app/b"]);
  expect(await names("name", ["app/", "!app/b"])).toEqual(["app/a"]);
  expect(await names("tag-key", ["team"])).toEqual(["app/a"]);
});

test("a batch gives what it can read and names what it cannot", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "a", SecretString: "1" }));
  await client.send(new CreateSecretCommand({ Name: "empty" }));
  const { SecretValues, Errors } = await client.send(
    new BatchGetSecretValueCommand({ SecretIdList: ["a", "empty", "none"] }),
  );
  expect(SecretValues?.map(({ Name, SecretString }) => [Name, SecretString])).toEqual([["a", "1"]]);
  expect(Errors?.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode])).toEqual([
    ["empty", "ResourceNotFoundException"],
    ["none", "ResourceNotFoundException"],
  ]);
  const tooMany = new BatchGetSecretValueCommand({ SecretIdList: Array.from({ length: 21 }, () => "a") });
  expect((await failureOf(client.send(tooMany))).name).toBe("InvalidParameterException");
});

test("a replica is in progress first, then in sync, and follows its primary with a lag", async () => {
  await using aws = await rig({ lags: { replicaMs: 300 } });
  const client = aws.secretsManager();
  const replica = aws.secretsManager(there);
  const { ARN } = await client.send(
    new CreateSecretCommand({ Name: "s", SecretString: "1", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
  );
  const status = async () =>
    (await client.send(new DescribeSecretCommand({ SecretId: "s" }))).ReplicationStatus?.[0]?.Status;
  const read = async () => (await replica.send(new GetSecretValueCommand({ SecretId: "s" }))).SecretString;
  aws.clock.advance(299);
  expect(await status()).toBe("InProgress");
  expect((await failureOf(read())).name).toBe("ResourceNotFoundException");
  aws.clock.advance(1);
  expect(await status()).toBe("InSync");
  expect(await read()).toBe("1");
  const described = await replica.send(new DescribeSecretCommand({ SecretId: "s" }));
  expect(described).toMatchObject({ ARN: ARN?.replace("us-east-1", "eu-west-1"), PrimaryRegion: "us-east-1" });
  expect((await client.send(new DescribeSecretCommand({ SecretId: "s" }))).PrimaryRegion).toBe("us-east-1");
  await client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "2" }));
  expect(await read()).toBe("1");
  aws.clock.advance(300);
  expect(await read()).toBe("2");
});

test("a replica takes no writes, and a primary with replicas no deletion", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const replica = aws.secretsManager(there);
  await client.send(
    new CreateSecretCommand({ Name: "s", SecretString: "1", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
  );
  aws.clock.advance(200);
  const write = failureOf(replica.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "2" })));
  expect((await write).name).toBe("InvalidParameterException");
  for (const one of [client, replica]) {
    const error = await failureOf(
      one.send(new DeleteSecretCommand({ SecretId: "s", ForceDeleteWithoutRecovery: true })),
    );
    expect(error.name).toBe("InvalidParameterException");
  }
  await client.send(new RemoveRegionsFromReplicationCommand({ SecretId: "s", RemoveReplicaRegions: ["eu-west-1"] }));
  expect((await failureOf(replica.send(new GetSecretValueCommand({ SecretId: "s" })))).name).toBe(
    "ResourceNotFoundException",
  );
  await client.send(new DeleteSecretCommand({ SecretId: "s", ForceDeleteWithoutRecovery: true }));
});

test("a replica fails where the name is taken, unless it may overwrite", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await aws.secretsManager(there).send(new CreateSecretCommand({ Name: "s", SecretString: "theirs" }));
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "mine" }));
  const AddReplicaRegions = [{ Region: "eu-west-1" }];
  const status = async () => (await client.send(new DescribeSecretCommand({ SecretId: "s" }))).ReplicationStatus?.[0];
  await client.send(new ReplicateSecretToRegionsCommand({ SecretId: "s", AddReplicaRegions }));
  aws.clock.advance(200);
  expect(await status()).toMatchObject({ Status: "Failed", StatusMessage: expect.stringContaining("already exists") });
  expect(aws.local.secrets(there)[0]?.valueByStage).toEqual({ AWSCURRENT: "theirs" });
  await client.send(
    new ReplicateSecretToRegionsCommand({ SecretId: "s", AddReplicaRegions, ForceOverwriteReplicaSecret: true }),
  );
  aws.clock.advance(200);
  expect(await status()).toMatchObject({ Status: "InSync" });
  expect(aws.local.secrets(there)[0]?.valueByStage).toEqual({ AWSCURRENT: "mine" });
});

test("a replica made independent takes writes and follows no more", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const replica = aws.secretsManager(there);
  await client.send(
    new CreateSecretCommand({ Name: "s", SecretString: "1", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
  );
  aws.clock.advance(200);
  await replica.send(new StopReplicationToReplicaCommand({ SecretId: "s" }));
  await client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "2" }));
  aws.clock.advance(200);
  expect(aws.local.secrets(there)[0]?.valueByStage).toEqual({ AWSCURRENT: "1" });
  await replica.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "own" }));
});
