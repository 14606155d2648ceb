import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  RotateSecretCommand,
  ValidateResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const other = { account: "444455556666" };
const ResourcePolicy = JSON.stringify({
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${other.account}:root` },
      Action: "secretsmanager:GetSecretValue",
      Resource: "*",
    },
  ],
});

test("another account reads a secret by its full ARN, with the owner's policy and a key of the owner's", async () => {
  await using aws = await rig();
  const owner = aws.secretsManager();
  const reader = aws.secretsManager(other);
  const { ARN: SecretId } = await owner.send(
    new CreateSecretCommand({ Name: "s", SecretString: "1", KmsKeyId: "alias/shared" }),
  );
  const read = () => reader.send(new GetSecretValueCommand({ SecretId }));
  const refused = await failureOf(read());
  expect(refused).toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining("no resource-based policy allows"),
  });
  await owner.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  expect((await read()).SecretString).toBe("1");
  expect((await owner.send(new GetResourcePolicyCommand({ SecretId }))).ResourcePolicy).toBe(ResourcePolicy);
  await owner.send(new DeleteResourcePolicyCommand({ SecretId }));
  expect((await failureOf(read())).name).toBe("AccessDeniedException");
});

test("a call across accounts counts against the caller's quota", async () => {
  const quotas = [{ service: "secretsmanager", operations: ["GetSecretValue"], perSecond: 1 }];
  await using aws = await rig({ quotas });
  const owner = aws.secretsManager();
  const { ARN: SecretId } = await owner.send(
    new CreateSecretCommand({ Name: "s", SecretString: "1", KmsKeyId: "alias/shared" }),
  );
  await owner.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  const reader = aws.secretsManager(other);
  await reader.send(new GetSecretValueCommand({ SecretId }));
  expect((await failureOf(reader.send(new GetSecretValueCommand({ SecretId })))).name).toBe("ThrottlingException");
  await owner.send(new GetSecretValueCommand({ SecretId }));
});

test("a secret under the default key cannot be shared", async () => {
  await using aws = await rig();
  const owner = aws.secretsManager();
  const { ARN: SecretId } = await owner.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  await owner.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  const error = await failureOf(aws.secretsManager(other).send(new GetSecretValueCommand({ SecretId })));
  expect(error).toMatchObject({ name: "AccessDeniedException", message: "Access to KMS is not allowed" });
});

test("blocks a public policy where that is asked, and finds it when validating", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  const open = ResourcePolicy.replace(/"AWS":"[^"]*"/, '"AWS":"*"');
  const put = new PutResourcePolicyCommand({ SecretId: "s", ResourcePolicy: open, BlockPublicPolicy: true });
  expect((await failureOf(client.send(put))).name).toBe("PublicPolicyException");
  expect((await client.send(new ValidateResourcePolicyCommand({ ResourcePolicy: open }))).PolicyValidationPassed).toBe(
    false,
  );
  await client.send(new PutResourcePolicyCommand({ SecretId: "s", ResourcePolicy, BlockPublicPolicy: true }));
  expect((await client.send(new ValidateResourcePolicyCommand({ ResourcePolicy }))).PolicyValidationPassed).toBe(true);
  const bad = new PutResourcePolicyCommand({ SecretId: "s", ResourcePolicy: "nonsense" });
  expect((await failureOf(client.send(bad))).name).toBe("MalformedPolicyDocumentException");
});

test("rotation wants a Lambda function, of which there is none", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  expect(await failureOf(client.send(new RotateSecretCommand({ SecretId: "s" })))).toMatchObject({
    name: "InvalidRequestException",
    message: "No Lambda rotation function ARN is associated with this secret.",
  });
  expect((await failureOf(client.send(new CancelRotateSecretCommand({ SecretId: "s" })))).name).toBe(
    "InvalidRequestException",
  );
});

test("a random password may be neither too long nor too short for what it must hold", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const generate = (PasswordLength: number) => failureOf(client.send(new GetRandomPasswordCommand({ PasswordLength })));
  expect((await generate(4_097)).name).toBe("ValidationException");
  expect((await client.send(new GetRandomPasswordCommand({ PasswordLength: 4_096 }))).RandomPassword).toHaveLength(
    4_096,
  );
  expect((await generate(3)).message).toBe("Password length is too short based on the required types.");
});

test("a random password has its length, one of each kind, and nothing excluded", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.secretsManager();
  const options = fc.record({
    PasswordLength: fc.integer({ min: 5, max: 64 }),
    ExcludeNumbers: fc.boolean(),
    ExcludePunctuation: fc.boolean(),
    IncludeSpace: fc.boolean(),
    ExcludeCharacters: fc.constantFrom("", "abcXYZ019", '"@/\\'),
  });
  await fc.assert(
    fc.asyncProperty(options, async (input) => {
      const { RandomPassword = "" } = await client.send(new GetRandomPasswordCommand(input));
      expect(RandomPassword).toHaveLength(input.PasswordLength);
      expect(RandomPassword).toMatch(/[a-z].*/);
      expect(RandomPassword).toMatch(/[A-Z].*/);
      expect(/\d/.test(RandomPassword)).toBe(!input.ExcludeNumbers);
      expect(/[^\w ]|_/.test(RandomPassword)).toBe(!input.ExcludePunctuation);
      expect(RandomPassword.includes(" ")).toBe(input.IncludeSpace);
      for (const character of input.ExcludeCharacters) expect(RandomPassword).not.toContain(character);
    }),
    { numRuns: 25 },
  );
});
