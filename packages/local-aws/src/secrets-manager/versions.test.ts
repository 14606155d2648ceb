import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const token = (letter: string) => letter.repeat(32);

async function put(client: SecretsManagerClient, letter: string, VersionStages?: string[]) {
  const ClientRequestToken = token(letter);
  return client.send(
    new PutSecretValueCommand({ SecretId: "s", SecretString: letter, ClientRequestToken, VersionStages }),
  );
}

test("AWSCURRENT moves to the new version and AWSPREVIOUS to the one before; the one before that keeps no label", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  for (const letter of ["a", "b", "c"]) await put(client, letter);
  expect(aws.local.secrets()[0]?.stagesByVersion).toEqual({
    [token("b")]: ["AWSPREVIOUS"],
    [token("c")]: ["AWSCURRENT"],
  });
  const listed = await client.send(new ListSecretVersionIdsCommand({ SecretId: "s" }));
  expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([token("b"), token("c")]);
  const all = await client.send(new ListSecretVersionIdsCommand({ SecretId: "s", IncludeDeprecated: true }));
  expect(all.Versions?.[0]).toEqual({
    VersionId: token("a"),
    CreatedDate: new Date(aws.clock.now()),
    KmsKeyIds: ["DefaultEncryptionKey"],
  });
});

test("a version put under another label leaves AWSCURRENT where it is, but the first always gets it", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a", ["FIRST"]);
  await put(client, "b", ["AWSPENDING"]);
  expect(aws.local.secrets()[0]?.stagesByVersion).toEqual({
    [token("a")]: ["FIRST", "AWSCURRENT"],
    [token("b")]: ["AWSPENDING"],
  });
  const read = await client.send(new GetSecretValueCommand({ SecretId: "s", VersionStage: "AWSPENDING" }));
  expect(read.SecretString).toBe("b");
});

test("the same token with the same value changes nothing, and with another value fails", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a");
  await put(client, "b");
  const before = aws.local.secrets();
  expect((await put(client, "a")).VersionId).toBe(token("a")); // and AWSCURRENT stays on b
  expect(aws.local.secrets()).toEqual(before);
  const command = new PutSecretValueCommand({ SecretId: "s", SecretString: "other", ClientRequestToken: token("a") });
  expect((await failureOf(client.send(command))).name).toBe("ResourceExistsException");
});

test("creating again with the same token and value gives the same secret", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const input = { Name: "s", SecretString: "1", ClientRequestToken: token("a") };
  const first = await client.send(new CreateSecretCommand(input));
  const second = await client.send(new CreateSecretCommand(input));
  expect(second.ARN).toBe(first.ARN);
  const other = failureOf(client.send(new CreateSecretCommand({ ...input, SecretString: "2" })));
  expect((await other).name).toBe("ResourceExistsException");
});

test("a token must be 32 to 64 characters long", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const create = (length: number) =>
    client.send(
      new CreateSecretCommand({ Name: `s${length}`, SecretString: "1", ClientRequestToken: "x".repeat(length) }),
    );
  for (const length of [31, 65]) expect((await failureOf(create(length))).name).toBe("InvalidParameterException");
  for (const length of [32, 64]) await create(length);
});

test("promoting AWSPENDING leaves both labels on the new version and AWSPREVIOUS on the old", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a");
  await put(client, "b", ["AWSPENDING"]);
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: "s",
      VersionStage: "AWSCURRENT",
      MoveToVersionId: token("b"),
      RemoveFromVersionId: token("a"),
    }),
  );
  expect(aws.local.secrets()[0]?.stagesByVersion).toEqual({
    [token("a")]: ["AWSPREVIOUS"],
    [token("b")]: ["AWSPENDING", "AWSCURRENT"],
  });
});

test("a label held elsewhere moves only when its holder is named, and is changed by nothing else", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a");
  await put(client, "b", ["AWSPENDING"]);
  const before = aws.local.secrets();
  const move = (from?: string) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: "s",
        VersionStage: "AWSCURRENT",
        MoveToVersionId: token("b"),
        RemoveFromVersionId: from,
      }),
    );
  expect((await failureOf(move())).name).toBe("InvalidParameterException");
  expect((await failureOf(move(token("b")))).name).toBe("InvalidParameterException");
  expect((await failureOf(move(token("z")))).message).toBe(`Not a valid version: ${token("z")}`);
  expect(aws.local.secrets()).toEqual(before);
});

test("AWSCURRENT can be moved but not taken away; another label can", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a", ["MINE"]);
  const remove = (VersionStage: string) =>
    client.send(new UpdateSecretVersionStageCommand({ SecretId: "s", VersionStage, RemoveFromVersionId: token("a") }));
  expect((await failureOf(remove("AWSCURRENT"))).name).toBe("InvalidParameterException");
  await remove("MINE");
  expect(aws.local.secrets()[0]?.stagesByVersion).toEqual({ [token("a")]: ["AWSCURRENT"] });
});

test("a secret takes 20 labels and not 21", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(
    client,
    "a",
    Array.from({ length: 19 }, (_, index) => `L${index}`),
  ); // and AWSCURRENT
  expect((await failureOf(put(client, "b", ["L20"]))).name).toBe("LimitExceededException");
});

test("names the version that cannot be found", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  const read = (input: { VersionId?: string; VersionStage?: string }) =>
    failureOf(client.send(new GetSecretValueCommand({ SecretId: "s", ...input })));
  expect((await read({ VersionStage: "AWSPENDING" })).message).toBe(
    "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  );
  expect((await read({ VersionId: token("z") })).message).toBe(
    `Secrets Manager can't find the specified secret value for VersionId: ${token("z")}`,
  );
});

test("a version asked for by id and label must be both", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await put(client, "a");
  await put(client, "b", ["AWSPENDING"]);
  const read = (VersionStage: string) =>
    client.send(new GetSecretValueCommand({ SecretId: "s", VersionId: token("b"), VersionStage }));
  expect((await read("AWSPENDING")).SecretString).toBe("b");
  expect((await failureOf(read("AWSCURRENT"))).name).toBe("InvalidRequestException");
});

test("after any sequence of puts and moves each label is on one version, and one is current", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.secretsManager();
  const letter = fc.constantFrom("a", "b", "c", "d");
  const stage = fc.constantFrom("AWSCURRENT", "AWSPENDING", "X");
  const step = fc.record({ letter, stage, move: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.uuid(), async (steps, name) => {
      await client.send(new CreateSecretCommand({ Name: name }));
      for (const { letter, stage, move } of steps) {
        const labels = aws.local.secrets().find((one) => one.name === name)?.stagesByVersion ?? {};
        const holder = Object.keys(labels).find((id) => labels[id]?.includes(stage));
        const input = { SecretId: name, ClientRequestToken: token(letter), SecretString: letter };
        const command = move
          ? new UpdateSecretVersionStageCommand({
              SecretId: name,
              VersionStage: stage,
              MoveToVersionId: token(letter),
              RemoveFromVersionId: holder,
            })
          : new PutSecretValueCommand({ ...input, VersionStages: [stage] });
        await client.send(command as PutSecretValueCommand).catch(() => {});
      }
      const labels = Object.values(aws.local.secrets().find((one) => one.name === name)?.stagesByVersion ?? {}).flat();
      expect(new Set(labels).size).toBe(labels.length);
      if (labels.length > 0) expect(labels).toContain("AWSCURRENT");
    }),
    { numRuns: 25 },
  );
});
