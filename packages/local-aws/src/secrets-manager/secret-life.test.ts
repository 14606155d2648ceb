import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const marked = "You can't perform this operation on the secret because it was marked for deletion.";

test("a secret without a value has no version, and says so when read", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const created = await client.send(new CreateSecretCommand({ Name: "empty" }));
  expect(created).not.toHaveProperty("VersionId");
  const described = await client.send(new DescribeSecretCommand({ SecretId: "empty" }));
  for (const absent of ["VersionIdsToStages", "Description", "Tags", "LastAccessedDate", "DeletedDate"]) {
    expect(described).not.toHaveProperty(absent);
  }
  const error = await failureOf(client.send(new GetSecretValueCommand({ SecretId: "empty" })));
  expect(error).toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    $metadata: { httpStatusCode: 400 },
  });
});

test("is found by name, by ARN, and by ARN without its suffix; never by part of another's name", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const { ARN = "" } = await client.send(new CreateSecretCommand({ Name: "prod", SecretString: "short" }));
  await client.send(new CreateSecretCommand({ Name: "prod-master", SecretString: "long" }));
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-[A-Za-z0-9]{6}$/);
  const read = async (SecretId: string) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  expect(await read("prod")).toBe("short");
  expect(await read(ARN)).toBe("short");
  expect(await read(ARN.slice(0, -7))).toBe("short");
  expect(await read(`${ARN.slice(0, -7)}-master`)).toBe("long");
  const error = await failureOf(read(`${ARN.slice(0, -7)}-absent`));
  expect(error.message).toBe("Secrets Manager can't find the specified secret.");
});

test("tells the day of the last access, not the time", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  await client.send(new GetSecretValueCommand({ SecretId: "s" }));
  const today = new Date(aws.clock.now() - (aws.clock.now() % 86_400_000));
  expect((await client.send(new DescribeSecretCommand({ SecretId: "s" }))).LastAccessedDate).toEqual(today);
  const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: "s" }));
  expect(Versions?.[0]?.LastAccessedDate).toEqual(today);
});

test("keeps accounts and regions apart", async () => {
  await using aws = await rig();
  const here = aws.secretsManager();
  await here.send(new CreateSecretCommand({ Name: "mine", SecretString: "1" }));
  for (const place of [{ account: "444455556666" }, { region: "eu-west-1" }]) {
    const error = await failureOf(aws.secretsManager(place).send(new GetSecretValueCommand({ SecretId: "mine" })));
    expect(error.name).toBe("ResourceNotFoundException");
  }
});

test.each([["with spaces"], ["ümlaut"], ["a*b"], ["x".repeat(513)]])("refuses the name %j", async (Name) => {
  await using aws = await rig();
  const error = await failureOf(aws.secretsManager().send(new CreateSecretCommand({ Name })));
  expect(error).toMatchObject({
    name: "ValidationException",
    message: "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  });
});

test("refuses a second secret of the same name", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "one", SecretString: "1" }));
  const error = await failureOf(client.send(new CreateSecretCommand({ Name: "one", SecretString: "1" })));
  expect(error).toMatchObject({
    name: "ResourceExistsException",
    message: "The operation failed because the secret one already exists.",
  });
});

test("takes a value of 65,536 bytes and not of one more", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "full", SecretString: "ü".repeat(32_768) }));
  const error = await failureOf(
    client.send(new CreateSecretCommand({ Name: "over", SecretString: "x".repeat(65_537) })),
  );
  expect(error.name).toBe("ValidationException");
  expect(error.message).toContain("Member must have length less than or equal to 65536");
});

test("refuses text and bytes together, and gives bytes back as bytes", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const SecretBinary = new Uint8Array([0, 255, 1, 254]);
  const both = new CreateSecretCommand({ Name: "both", SecretString: "x", SecretBinary });
  expect((await failureOf(client.send(both))).name).toBe("InvalidParameterException");
  await client.send(new CreateSecretCommand({ Name: "bytes", SecretBinary }));
  const read = await client.send(new GetSecretValueCommand({ SecretId: "bytes" }));
  expect([...(read.SecretBinary ?? [])]).toEqual([...SecretBinary]);
  expect(read).not.toHaveProperty("SecretString");
});

test("an update of the description makes no version", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const { VersionId } = await client.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  const updated = await client.send(new UpdateSecretCommand({ SecretId: "s", Description: "new", KmsKeyId: "key-1" }));
  expect(updated).not.toHaveProperty("VersionId");
  expect(aws.local.secrets()[0]).toMatchObject({
    description: "new",
    kmsKeyId: "key-1",
    stagesByVersion: { [VersionId ?? ""]: ["AWSCURRENT"] },
  });
});

test("tags are added, replaced and removed by key", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", Tags: [{ Key: "a", Value: "1" }] }));
  const Tags = [
    { Key: "a", Value: "2" },
    { Key: "b", Value: "3" },
  ];
  await client.send(new TagResourceCommand({ SecretId: "s", Tags }));
  expect(aws.local.secrets()[0]?.tags).toEqual({ a: "2", b: "3" });
  await client.send(new UntagResourceCommand({ SecretId: "s", TagKeys: ["a", "absent"] }));
  expect(aws.local.secrets()[0]?.tags).toEqual({ b: "3" });
});

test.each([
  ["a key of 129 characters", [{ Key: "k".repeat(129), Value: "v" }]],
  ["a value of 257 characters", [{ Key: "k", Value: "v".repeat(257) }]],
  ["a key that AWS keeps for itself", [{ Key: "aws:k", Value: "v" }]],
  ["51 tags", Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" }))],
])("refuses %s", async (_what, Tags) => {
  await using aws = await rig();
  const client = aws.secretsManager();
  expect((await failureOf(client.send(new CreateSecretCommand({ Name: "s", Tags })))).name).toBe(
    "InvalidParameterException",
  );
  const longest = [{ Key: "k".repeat(128), Value: "v".repeat(256) }];
  await client.send(new CreateSecretCommand({ Name: "s", Tags: longest }));
});

test("a secret marked for deletion is readable by Describe alone, hidden from lists, and restorable", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "gone", SecretString: "1" }));
  aws.clock.advance(1_000);
  const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: "gone" }));
  expect(DeletionDate?.getTime()).toBe(aws.clock.now() + 30 * 86_400_000);
  aws.clock.advance(1_000);
  const refused = [
    new GetSecretValueCommand({ SecretId: "gone" }),
    new PutSecretValueCommand({ SecretId: "gone", SecretString: "2" }),
    new UpdateSecretCommand({ SecretId: "gone", Description: "x" }),
    new TagResourceCommand({ SecretId: "gone", Tags: [] }),
    new UntagResourceCommand({ SecretId: "gone", TagKeys: [] }),
    new DeleteSecretCommand({ SecretId: "gone" }),
  ];
  for (const command of refused) {
    const error = await failureOf(client.send(command as GetSecretValueCommand));
    expect(error).toMatchObject({ name: "InvalidRequestException", message: marked });
  }
  const again = await failureOf(client.send(new CreateSecretCommand({ Name: "gone" })));
  expect(again.message).toBe(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
  expect((await client.send(new DescribeSecretCommand({ SecretId: "gone" }))).DeletedDate).toBeInstanceOf(Date);
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
  const planned = await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  expect(planned.SecretList?.map(({ Name }) => Name)).toEqual(["gone"]);
  await client.send(new RestoreSecretCommand({ SecretId: "gone" }));
  expect((await client.send(new GetSecretValueCommand({ SecretId: "gone" }))).SecretString).toBe("1");
});

test("is gone when its recovery window ends, unless it was restored", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  for (const Name of ["gone", "kept"]) {
    await client.send(new CreateSecretCommand({ Name, SecretString: "1" }));
    await client.send(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));
  }
  await client.send(new RestoreSecretCommand({ SecretId: "kept" }));
  aws.clock.advance(7 * 86_400_000 - 1);
  expect(aws.local.secrets().map(({ name }) => name)).toEqual(["gone", "kept"]);
  aws.clock.advance(1);
  expect(aws.local.secrets().map(({ name }) => name)).toEqual(["kept"]);
});

test.each([[6], [31]])("refuses a recovery window of %i days", async (RecoveryWindowInDays) => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  const error = await failureOf(client.send(new DeleteSecretCommand({ SecretId: "s", RecoveryWindowInDays })));
  expect(error.name).toBe("InvalidParameterException");
});

test("a forced deletion is asynchronous, and the next secret of that name has another ARN", async () => {
  await using aws = await rig({ lags: { forcedDeletionMs: 500 } });
  const client = aws.secretsManager();
  const force = (SecretId: string) =>
    client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  const { ARN } = await client.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  await force("s");
  expect((await failureOf(client.send(new GetSecretValueCommand({ SecretId: "s" })))).name).toBe(
    "ResourceNotFoundException",
  );
  aws.clock.advance(499);
  expect((await failureOf(client.send(new CreateSecretCommand({ Name: "s" })))).name).toBe("InvalidRequestException");
  aws.clock.advance(1);
  expect((await client.send(new CreateSecretCommand({ Name: "s" }))).ARN).not.toBe(ARN);
});

test("forcing deletion succeeds on a secret marked, deleted or never there; a window with it is refused", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await client.send(new DeleteSecretCommand({ SecretId: "s" }));
  const force = { SecretId: "s", ForceDeleteWithoutRecovery: true };
  for (let time = 0; time < 2; time++) await client.send(new DeleteSecretCommand(force));
  const error = await failureOf(client.send(new DeleteSecretCommand({ ...force, RecoveryWindowInDays: 7 })));
  expect(error.name).toBe("InvalidParameterException");
  expect((await failureOf(client.send(new DeleteSecretCommand({ SecretId: "absent" })))).name).toBe(
    "ResourceNotFoundException",
  );
});
