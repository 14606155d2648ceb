import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ClientFactory } from "../client-factory.ts";
import { createClientFactory } from "../create-client-factory.ts";
import { CredentialError } from "../errors/credential-error.ts";
import { RegionError } from "../errors/region-error.ts";
import type { ClientFactoryOptions } from "../factory-options.ts";
import { policySourceOf } from "./allowed-actions.ts";

const home = "111122223333";
const away = "444455556666";
let aws: LocalAws;
let roleArn: string;
const open: ClientFactory[] = [];
beforeAll(async () => {
  aws = await startLocalAws();
  roleArn = aws.createRole({ account: away, name: "Deploy", trusts: [home] });
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});
afterEach(async () => {
  for (const factory of open.splice(0)) await factory.close();
});

function factoryOf(options: ClientFactoryOptions = {}): ClientFactory {
  const factory = createClientFactory({
    ...aws.clientConfig({ account: home, region: "eu-west-1" }),
    localOnly: true,
    ...options,
  });
  open.push(factory);
  return factory;
}

test("says who the credentials are, where they come from, when they end, and how far the clocks are apart", async () => {
  expect(await factoryOf().validateCredentials({ expectedAccount: home, expectedPartition: "aws" })).toEqual({
    accountId: home,
    arn: `arn:aws:iam::${home}:user/local`,
    userId: expect.any(String),
    partition: "aws",
    source: "given credentials",
    expiresAt: undefined,
    clockOffsetMs: expect.any(Number),
  });
  const role = await factoryOf()
    .assumeRole({ roleArn, sessionName: "check" })
    .validateCredentials({ expectedAccount: away });
  expect(role).toMatchObject({
    accountId: away,
    source: `role ${roleArn}`,
    arn: `arn:aws:sts::${away}:assumed-role/Deploy/check`,
  });
  expect(role.expiresAt).toBeGreaterThan(Date.now() + 3_000_000);
});

test("measures a clock that is off", async () => {
  aws.faults.add({ fault: "clock-skew", skewMs: 120_000 });
  const { clockOffsetMs = 0 } = await factoryOf().validateCredentials();
  // The header has whole seconds, and the answer may be long on its way on a busy machine.
  expect(Math.abs(clockOffsetMs - 120_000)).toBeLessThanOrEqual(30_000);
});

test("asks STS in the factory's region, and in each region that will be used", async () => {
  await factoryOf().validateCredentials({ regions: ["us-east-1", "ap-south-1"] });
  expect(
    aws
      .calls({ operation: "GetCallerIdentity" })
      .map(({ region }) => region)
      .sort(),
  ).toEqual(["ap-south-1", "eu-west-1", "us-east-1"]);
});

test.each([
  ["eu-west-1", "sts.eu-west-1.amazonaws.com"],
  ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
  ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
  ["eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"],
])("in %s, STS is %s", async (region, hostname) => {
  const { credentials } = aws.clientConfig();
  await using factory = createClientFactory({ region, credentials, localOnly: true });
  await expect(factory.validateCredentials()).rejects.toMatchObject({ cause: { code: "ERR_NOT_LOCAL", hostname } });
});

test("the wrong account is an error that says whose credentials these are", async () => {
  const error: unknown = await factoryOf()
    .validateCredentials({ expectedAccount: away })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CredentialError);
  expect(error).toMatchObject({
    code: "ERR_CREDENTIALS",
    service: "STS",
    operation: "GetCallerIdentity",
    region: "eu-west-1",
    message: expect.stringContaining(
      `Expected account ${away}, but the given credentials are those of arn:aws:iam::${home}:user/local`,
    ),
  });
});

test("the wrong partition is an error", async () => {
  await expect(factoryOf().validateCredentials({ expectedPartition: "aws-cn" })).rejects.toThrow(
    /Expected partition aws-cn/,
  );
  await expect(factoryOf().validateCredentials({ regions: ["cn-north-1"] })).rejects.toThrow(RegionError);
});

test("a region that is not enabled is named, with the command that enables it", async () => {
  aws.faults.add({ fault: "error", status: 403, code: "InvalidClientTokenId", region: "af-south-1" });
  await expect(factoryOf().validateCredentials({ regions: ["af-south-1"] })).rejects.toMatchObject({
    code: "ERR_REGION",
    region: "af-south-1",
    awsCode: "InvalidClientTokenId",
    remediation: [{ text: "enable it", command: "aws account enable-region --region-name af-south-1" }],
  });
});

test("keys that AWS does not know are a credential error", async () => {
  const factory = factoryOf({ credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" } });
  await expect(factory.validateCredentials()).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
    awsCode: "InvalidClientTokenId",
  });
});

test("expectedAccount stops a client before its first request, and lets the right one through after one look", async () => {
  const wrong = factoryOf({ expectedAccount: away });
  const create = () => new CreateSecretCommand({ Name: `n${aws.totalCalls}`, SecretString: "v" });
  await expect(wrong.client(SecretsManagerClient).send(create())).rejects.toMatchObject({ code: "ERR_CREDENTIALS" });
  await expect(wrong.assumeRole({ roleArn }).client(SecretsManagerClient).send(create())).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
  });
  expect(new Set(aws.calls().map(({ operation }) => operation))).toEqual(new Set(["GetCallerIdentity"]));
  aws.clearCalls();
  const right = factoryOf({ expectedAccount: home }).client(SecretsManagerClient);
  await right.send(create());
  await right.send(create());
  expect(aws.calls().map(({ operation }) => operation)).toEqual(["GetCallerIdentity", "CreateSecret", "CreateSecret"]);
});

test("an outage of STS does not condemn a client for ever", async () => {
  const factory = factoryOf({ expectedAccount: home, tiers: { standard: { maxAttempts: 1 } } });
  const rule = aws.faults.add({ fault: "error", status: 503, service: "sts" });
  const client = factory.client(SecretsManagerClient);
  await expect(client.send(new CreateSecretCommand({ Name: "later", SecretString: "v" }))).rejects.toThrow(
    CredentialError,
  );
  rule.remove();
  await expect(client.send(new CreateSecretCommand({ Name: "later", SecretString: "v" }))).resolves.toBeDefined();
});

test("validation is given up at once, with the reason of whoever gave it up", async () => {
  aws.faults.add({ fault: "hang" });
  const aborter = new AbortController();
  const validating = factoryOf().validateCredentials({ signal: aborter.signal });
  setImmediate(() => aborter.abort(new Error("no time")));
  await expect(validating).rejects.toThrow("no time");
});

test("actions that will be needed are put to IAM, as the role and not the session", async () => {
  const asked: unknown[] = [];
  const responder = aws.respond({
    service: "iam",
    operation: "SimulatePrincipalPolicy",
    reply: ({ input }) => {
      asked.push(input.PolicySourceArn);
      const decisions = { "secretsmanager:GetSecretValue": "allowed", "kms:Decrypt": "implicitDeny" };
      return {
        output: {
          EvaluationResults: Object.entries(decisions).map(([EvalActionName, EvalDecision]) => ({
            EvalActionName,
            EvalDecision,
          })),
          IsTruncated: false,
        },
      };
    },
  });
  const role = factoryOf().assumeRole({ roleArn });
  const check = role.validateCredentials({ actions: ["secretsmanager:GetSecretValue", "kms:Decrypt"] });
  await expect(check).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
    service: "IAM",
    message: expect.stringMatching(/is not allowed kms:Decrypt/),
  });
  expect(asked).toEqual([roleArn]);
  responder.remove();
});

test("a session's role, and a user, are what IAM knows", () => {
  expect(policySourceOf("arn:aws-cn:sts::111122223333:assumed-role/Deploy/alice")).toBe(
    "arn:aws-cn:iam::111122223333:role/Deploy",
  );
  expect(policySourceOf("arn:aws:iam::111122223333:user/alice")).toBe("arn:aws:iam::111122223333:user/alice");
});
