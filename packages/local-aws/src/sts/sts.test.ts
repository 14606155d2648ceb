import { GetSecretValueCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { failureOf, type Rig, rig } from "../../test/rig.ts";
import type { Credentials } from "../index.ts";

const account = "444455556666";
const RoleArn = `arn:aws:iam::${account}:role/deploy`;

async function assume(
  aws: Rig,
  input: Partial<AssumeRoleCommandInput> = {},
  credentials?: Credentials,
): Promise<Credentials> {
  const client = aws.sts(credentials === undefined ? {} : { credentials });
  const { Credentials: given } = await client.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "tests", ...input }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
    expiration: given?.Expiration ?? new Date(0),
  };
}

const trusting = { account, name: "deploy", trusts: ["111122223333"], externalId: "right" };
const right = { ExternalId: "right" };

test("tells whose keys signed, and a role's session when it was assumed", async () => {
  await using aws = await rig({ roles: [trusting] });
  expect(await aws.sts().send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "111122223333",
    Arn: "arn:aws:iam::111122223333:user/local",
  });
  const credentials = await assume(aws, right);
  expect(await aws.sts({ credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/deploy/tests`,
    UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:tests$/),
  });
});

test("answers a missing role, a trust that says no and a wrong external id all alike", async () => {
  await using aws = await rig({ roles: [trusting, { account, name: "closed", trusts: ["999988887777"] }] });
  const attempts = [
    { RoleArn: `arn:aws:iam::${account}:role/missing` },
    { RoleArn: `arn:aws:iam::${account}:role/closed` },
    { ExternalId: "wrong" },
    {},
  ];
  for (const input of attempts) {
    const error = await failureOf(assume(aws, input));
    expect(error).toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::111122223333:user/local is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn ?? RoleArn}`,
      $metadata: { httpStatusCode: 403 },
    });
  }
});

test.each([
  [{ RoleArn: "arn:aws:iam::123:role/x" }, "arn:aws:iam::123:role/x is invalid"],
  [{ RoleSessionName: "with space" }, "Member must satisfy regular expression pattern"],
  [{ DurationSeconds: 899 }, "Member must have value greater than or equal to 900"],
  [{ ...right, DurationSeconds: 3_601 }, "exceeds the MaxSessionDuration set for this role"],
])("refuses %j", async (input, text) => {
  await using aws = await rig({ roles: [trusting] });
  const error = await failureOf(assume(aws, input));
  expect(error).toMatchObject({ name: "ValidationError", $metadata: { httpStatusCode: 400 } });
  expect(error.message).toContain(text);
});

test("a session ends when it says, and not before", async () => {
  await using aws = await rig({ roles: [trusting] });
  const credentials = await assume(aws, { ...right, DurationSeconds: 900 });
  expect(credentials.expiration?.getTime()).toBe(aws.clock.now() + 900_000);
  const { expiration: _unknownToTheClient, ...keys } = credentials;
  const client = aws.secretsManager({ credentials: keys });
  aws.clock.advance(899_999);
  await client.send(new ListSecretsCommand({}));
  aws.clock.advance(1);
  const error = await failureOf(client.send(new ListSecretsCommand({})));
  expect(error).toMatchObject({ name: "ExpiredTokenException", $metadata: { httpStatusCode: 400 } });
  const fromSts = await failureOf(aws.sts({ credentials: keys }).send(new GetCallerIdentityCommand({})));
  expect(fromSts).toMatchObject({ name: "ExpiredToken", $metadata: { httpStatusCode: 403 } });
});

test("roles chain, for an hour at most", async () => {
  const second = { account: "777788889999", name: "inner", trusts: [RoleArn], maxSessionSeconds: 7_200 };
  await using aws = await rig({ roles: [{ ...trusting, maxSessionSeconds: 7_200 }, second] });
  const first = await assume(aws, { ...right, DurationSeconds: 7_200 });
  const inner = { RoleArn: "arn:aws:iam::777788889999:role/inner" };
  const { expiration } = await assume(aws, inner, first);
  expect(expiration?.getTime()).toBe(aws.clock.now() + 3_600_000);
  const error = await failureOf(assume(aws, { ...inner, DurationSeconds: 3_601 }, first));
  expect(error.message).toContain("exceeds the 1 hour session limit for roles assumed by role chaining");
  expect((await failureOf(assume(aws, inner))).name).toBe("AccessDenied"); // trusts the role, not the account
});

test("a session does what its role's policy allows, and nothing else", async () => {
  const policy = {
    Statement: [
      { Effect: "Allow", Action: "secretsmanager:*", Resource: "*" },
      { Effect: "Deny", Action: "secretsmanager:GetSecretValue", Resource: "*:secret:private/*" },
    ],
  } as const;
  await using aws = await rig({ roles: [{ ...trusting, policy }] });
  const credentials = await assume(aws, right);
  const client = aws.secretsManager({ credentials });
  await client.send(new ListSecretsCommand({}));
  const denied = await failureOf(client.send(new GetSecretValueCommand({ SecretId: "private/x" })));
  expect(denied).toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining("with an explicit deny"),
  });
  const other = await failureOf(aws.sts({ credentials }).send(new GetSessionTokenCommand({})));
  expect(other.name).toBe("AccessDenied");
});

test("a role that wants a second factor gets one", async () => {
  const trustPolicy = {
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "111122223333" },
      Action: "sts:AssumeRole",
      Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
    },
  } as const;
  await using aws = await rig({ roles: [{ account, name: "deploy", trustPolicy }] });
  const SerialNumber = "arn:aws:iam::111122223333:mfa/local";
  expect((await failureOf(assume(aws))).name).toBe("AccessDenied");
  expect((await failureOf(assume(aws, { SerialNumber, TokenCode: "000000" }))).name).toBe("AccessDenied");
  await assume(aws, { SerialNumber, TokenCode: "123456" });
  const getSession = () => aws.sts().send(new GetSessionTokenCommand({ SerialNumber, TokenCode: "123456" }));
  expect((await failureOf(getSession())).message).toContain("invalid MFA one time pass code"); // a code is good once
  aws.clock.advance(30_000);
  const { Credentials: session } = await getSession();
  const keys = {
    accessKeyId: session?.AccessKeyId ?? "",
    secretAccessKey: session?.SecretAccessKey ?? "",
    sessionToken: session?.SessionToken ?? "",
  };
  await assume(aws, {}, keys); // the session remembers the factor
  const again = failureOf(aws.sts({ credentials: keys }).send(new GetSessionTokenCommand({})));
  expect((await again).message).toBe("Cannot call GetSessionToken with session credentials");
});

test("a session policy takes away from what the role may do, and adds nothing", async () => {
  const policy = { Statement: { Effect: "Allow", Action: "secretsmanager:*", Resource: "*" } } as const;
  await using aws = await rig({ roles: [{ ...trusting, policy }] });
  const Policy = JSON.stringify({
    Statement: { Effect: "Allow", Action: ["secretsmanager:ListSecrets", "sts:*"], Resource: "*" },
  });
  const credentials = await assume(aws, { ...right, Policy });
  const client = aws.secretsManager({ credentials });
  await client.send(new ListSecretsCommand({}));
  const taken = failureOf(client.send(new GetSecretValueCommand({ SecretId: "x" })));
  expect((await taken).name).toBe("AccessDeniedException");
  const notAdded = failureOf(aws.sts({ credentials }).send(new GetSessionTokenCommand({})));
  expect((await notAdded).message).toContain("not authorized to perform: sts:GetSessionToken");
});

test("session tags decide what policies say, and the trust policy decides who may set them", async () => {
  const policy = {
    Statement: {
      Effect: "Allow",
      Action: "secretsmanager:*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } },
    },
  } as const;
  const trustPolicy = {
    Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
  } as const;
  const untaggable = { account, name: "untaggable", trustPolicy };
  await using aws = await rig({ roles: [{ ...trusting, policy }, untaggable] });
  const tagged = async (Value: string) => assume(aws, { ...right, Tags: [{ Key: "team", Value }] });
  await aws.secretsManager({ credentials: await tagged("blue") }).send(new ListSecretsCommand({}));
  const red = aws.secretsManager({ credentials: await tagged("red") });
  expect((await failureOf(red.send(new ListSecretsCommand({})))).name).toBe("AccessDeniedException");
  const refused = assume(aws, {
    RoleArn: `arn:aws:iam::${account}:role/untaggable`,
    Tags: [{ Key: "team", Value: "x" }],
  });
  expect((await failureOf(refused)).name).toBe("AccessDenied");
});

test("transitive tags pass on along a chain and cannot be set anew", async () => {
  const inner = { account: "777788889999", name: "inner", trusts: [RoleArn] };
  const policy = {
    Statement: {
      Effect: "Allow",
      Action: "secretsmanager:*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } },
    },
  } as const;
  await using aws = await rig({ roles: [trusting, { ...inner, policy }] });
  const Tags = [{ Key: "team", Value: "blue" }];
  const first = await assume(aws, { ...right, Tags, TransitiveTagKeys: ["team"] });
  const second = { RoleArn: "arn:aws:iam::777788889999:role/inner" };
  const credentials = await assume(aws, second, first);
  await aws.secretsManager({ credentials }).send(new ListSecretsCommand({}));
  expect((await failureOf(assume(aws, { ...second, Tags }, first))).name).toBe("AccessDenied");
});

test("takes a session tag of the longest size, and no longer one", async () => {
  await using aws = await rig({ roles: [trusting] });
  const tagged = (key: number, value: number) =>
    assume(aws, { ...right, Tags: [{ Key: "k".repeat(key), Value: "v".repeat(value) }] });
  await tagged(128, 256);
  for (const [key, value] of [
    [129, 1],
    [1, 257],
  ] as const)
    expect((await failureOf(tagged(key, value))).name).toBe("ValidationError");
});

test("stands in other partitions as they are named there", async () => {
  await using aws = await rig();
  const arnIn = async (region: string) => (await aws.sts({ region }).send(new GetCallerIdentityCommand({}))).Arn;
  expect(await arnIn("cn-north-1")).toBe("arn:aws-cn:iam::111122223333:user/local");
  expect(await arnIn("us-gov-west-1")).toBe("arn:aws-us-gov:iam::111122223333:user/local");
  expect(await arnIn("eusc-de-east-1")).toBe("arn:aws-eusc:iam::111122223333:user/local");
});
