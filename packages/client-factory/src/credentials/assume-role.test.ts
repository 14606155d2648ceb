import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { classify } from "@holdfast/errors";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ClientFactory } from "../client-factory.ts";
import { createClientFactory } from "../create-client-factory.ts";
import { AssumeRoleError } from "../errors/assume-role-error.ts";
import { RegionError } from "../errors/region-error.ts";
import type { ClientFactoryOptions } from "../factory-options.ts";

const home = "111122223333";
const away = "444455556666";
const beyond = "777788889999";
let aws: LocalAws;
let roleArn: string;
let nextArn: string;
const open: ClientFactory[] = [];

beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  roleArn = aws.createRole({
    account: away,
    name: "Deploy",
    trusts: [home],
    externalId: "tenant-1",
    maxSessionSeconds: 43_200,
  });
  nextArn = aws.createRole({ account: beyond, name: "Next", trusts: [away] });
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
  const factory = createClientFactory({ ...aws.clientConfig({ account: home }), localOnly: true, ...options });
  open.push(factory);
  return factory;
}

const deploy = () => ({ roleArn, externalId: "tenant-1" });
const whoAmI = (factory: ClientFactory) => factory.client(STSClient).send(new GetCallerIdentityCommand({}));
const assumed = () => aws.calls({ operation: "AssumeRole" });
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

test("one AssumeRole serves a hundred clients in ten regions, all started at once", async () => {
  const account = factoryOf().assumeRole(deploy());
  const clients = Array.from({ length: 100 }, (_, index) =>
    account.client(SecretsManagerClient, { region: regions[index % 10], config: { userAgentAppId: `app-${index}` } }),
  );
  expect(new Set(clients).size).toBe(100);
  await Promise.all(clients.map((client) => client.send(new ListSecretsCommand({}))));
  expect(assumed()).toHaveLength(1);
  expect(aws.calls({ operation: "ListSecrets", account: away })).toHaveLength(100);
});

test("and one serves them started one after the other", async () => {
  const factory = factoryOf();
  for (let index = 0; index < 30; index += 1) {
    const client = factory.client(SecretsManagerClient, { role: deploy(), region: regions[index % 10] });
    await client.send(new ListSecretsCommand({}));
  }
  expect(assumed()).toHaveLength(1);
});

test("the factory of a role works in that role's account", async () => {
  const account = factoryOf().assumeRole(deploy());
  expect(account.accountId).toBe(away);
  expect(await whoAmI(account)).toMatchObject({ Account: away });
});

test("the same role is the same factory; another external id is another", () => {
  const factory = factoryOf();
  expect(factory.assumeRole(deploy())).toBe(factory.assumeRole(deploy()));
  expect(factory.assumeRole({ ...deploy(), externalId: "tenant-2" })).not.toBe(factory.assumeRole(deploy()));
});

test("a chain of roles: each is assumed with the one before", async () => {
  const last = factoryOf().assumeRole(deploy()).assumeRole({ roleArn: nextArn });
  expect(await whoAmI(last)).toMatchObject({ Account: beyond });
  expect(assumed().map(({ account, input }) => [account, input.RoleArn])).toEqual([
    [home, roleArn],
    [away, nextArn],
  ]);
});

test("the hour that AWS allows a chained role is known before STS is asked", () => {
  const factory = factoryOf();
  expect(factory.assumeRole({ ...deploy(), durationSeconds: 7_200 })).toBeDefined();
  const role = factory.assumeRole(deploy());
  expect(() => role.assumeRole({ roleArn: nextArn, durationSeconds: 3_601 })).toThrow(/at most 3600.*role.*hour/);
  expect(role.assumeRole({ roleArn: nextArn, durationSeconds: 3_600 })).toBeDefined();
});

test("everything that was said reaches STS", async () => {
  const tagged = aws.createRole({ account: away, name: "Tagged", trusts: [home] });
  const account = factoryOf().assumeRole({
    roleArn: tagged,
    sessionName: "nightly",
    durationSeconds: 900,
    sessionTags: { team: "payments", env: "prod" },
    transitiveTagKeys: ["team"],
    sourceIdentity: "alice",
    policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  });
  await whoAmI(account);
  expect(assumed()[0]?.input).toMatchObject({
    RoleArn: tagged,
    RoleSessionName: "nightly",
    SourceIdentity: "alice",
  });
  expect(JSON.stringify(assumed()[0]?.input)).toContain("payments");
});

test("a session takes fifty tags, and is refused one more before STS is asked", () => {
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
  expect(factoryOf().assumeRole({ ...deploy(), sessionTags: tags(50) })).toBeDefined();
  expect(() => factoryOf().assumeRole({ ...deploy(), sessionTags: tags(51) })).toThrow(/at most 50 tags/);
});

test("the credentials of a role say whose account they are of", async () => {
  const { config } = factoryOf().assumeRole(deploy()).client(SecretsManagerClient);
  await expect(config.credentials()).resolves.toMatchObject({ accountId: away });
});

test("the session's name tells who and what for", async () => {
  const account = factoryOf({ name: "secrets replicator" }).assumeRole(deploy());
  const { Arn } = await whoAmI(account);
  expect(Arn).toMatch(/assumed-role\/Deploy\/[\w+=,.@-]+\.secrets-replicator@[\w.-]+$/);
});

test("a refused role says which, with what code, and what to check", async () => {
  const account = factoryOf().assumeRole({ roleArn, externalId: "wrong" });
  const error: unknown = await whoAmI(account).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AssumeRoleError);
  expect(error).toMatchObject({
    code: "ERR_ASSUME_ROLE",
    service: "STS",
    operation: "AssumeRole",
    region: "us-east-1",
    awsCode: "AccessDenied",
    requestId: expect.stringMatching(/./),
    role: roleArn,
    remediation: expect.arrayContaining([{ text: expect.stringContaining("sts:ExternalId") }]),
    cause: expect.objectContaining({ name: "AccessDenied" }),
  });
});

test("an outage of STS is an error that may pass, and says so to whoever classifies it", async () => {
  aws.faults.add({ fault: "outage", service: "sts" });
  const account = factoryOf({ tiers: { standard: { maxAttempts: 1 } } }).assumeRole(deploy());
  const error: unknown = await whoAmI(account).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AssumeRoleError);
  expect(classify(error)).toMatchObject({ code: "ERR_ASSUME_ROLE", kind: "service", retry: "transient" });
  aws.faults.clear();
  await expect(whoAmI(account)).resolves.toMatchObject({ Account: away });
});

test("a refusal will not pass", async () => {
  const account = factoryOf().assumeRole({ roleArn, externalId: "wrong" });
  const error: unknown = await whoAmI(account).catch((reason: unknown) => reason);
  expect(classify(error).retry).toBe("never");
});

test("the link of a chain that failed is the one named", async () => {
  const last = factoryOf().assumeRole({ roleArn, externalId: "wrong" }).assumeRole({ roleArn: nextArn });
  await expect(whoAmI(last)).rejects.toMatchObject({ role: roleArn });
});

test("a region of another partition than the role's is refused before STS is asked", () => {
  expect(() => factoryOf({ region: "cn-north-1" }).assumeRole(deploy())).toThrow(RegionError);
  expect(() => factoryOf().assumeRole({ roleArn: "arn:aws-us-gov:iam::444455556666:role/X" })).toThrow(/us-gov-west-1/);
  expect(
    factoryOf({ region: "eusc-de-east-1" }).assumeRole({ roleArn: "arn:aws-eusc:iam::444455556666:role/X" }),
  ).toBeDefined();
});

test.each([
  ["roleArn", { roleArn: "arn:aws:iam::1:role/x" }],
  ["sessionName", { sessionName: "a b" }],
  ["durationSeconds", { durationSeconds: 899 }],
  ["externalId", { externalId: "x" }],
  ["transitiveTagKeys", { transitiveTagKeys: ["absent"] }],
  ["mfaSerial", { mfaCode: "123456" }],
  ["mfaCode", { mfaSerial: "arn:aws:iam::111122223333:mfa/alice" }],
])("refuses a wrong %s at once", (option, wrong) => {
  expect(() => factoryOf().assumeRole({ ...deploy(), ...wrong })).toThrow(expect.objectContaining({ option }));
});

test("an ExpiredToken answer drops the cached credentials and repeats the call once", async () => {
  const account = factoryOf().assumeRole(deploy());
  await whoAmI(account);
  const [first] = aws.calls({ operation: "GetCallerIdentity" });
  aws.faults.add({ fault: "expired-credentials", when: ({ accessKeyId }) => accessKeyId === first?.accessKeyId });
  const client = account.client(SecretsManagerClient);
  await expect(client.send(new GetSecretValueCommand({ SecretId: "x" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  expect(assumed()).toHaveLength(2);
  await expect(client.send(new GetSecretValueCommand({ SecretId: "x" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  expect(assumed()).toHaveLength(2);
});

test("two roles that want the same device share its session, and a role of a session asks for itself", async () => {
  let asked = 0;
  const mfa = {
    mfaSerial: `arn:aws:iam::${home}:mfa/alice`,
    mfaCode: async () => {
      asked += 1;
      return String(123_456 + asked);
    },
  };
  const other = aws.createRole({ account: away, name: "Other", trusts: [home] });
  const factory = factoryOf();
  await Promise.all(
    [factory.assumeRole({ ...deploy(), ...mfa }), factory.assumeRole({ roleArn: other, ...mfa })].map(whoAmI),
  );
  expect(asked).toBe(1);
  expect(aws.calls({ operation: "GetSessionToken" })).toHaveLength(1);
  aws.clearCalls();
  await whoAmI(factory.assumeRole(deploy()).assumeRole({ roleArn: nextArn, ...mfa }));
  expect(asked).toBe(2);
  expect(assumed().map(({ input }) => [input.RoleArn, input.SerialNumber])).toEqual([
    [roleArn, undefined],
    [nextArn, mfa.mfaSerial],
  ]);
});

test("a code given as text is used once, and then says so", async () => {
  const mfa = { mfaSerial: `arn:aws:iam::${home}:mfa/alice`, mfaCode: "111111" };
  const session = factoryOf().assumeRole(deploy());
  await whoAmI(session.assumeRole({ roleArn: nextArn, ...mfa }));
  await expect(whoAmI(session.assumeRole({ roleArn: nextArn, sessionName: "again", ...mfa }))).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
    message: expect.stringContaining("as a function that asks for a fresh one"),
  });
});

test("MFA is asked once; the session that passed it is used for every role and renewal", async () => {
  const asked: string[] = [];
  const mfa = {
    mfaSerial: `arn:aws:iam::${home}:mfa/alice`,
    mfaCode: async (serial: string) => {
      asked.push(serial);
      return "654321";
    },
  };
  const account = factoryOf().assumeRole({ ...deploy(), ...mfa });
  await Promise.all(
    regions.map((region) => account.client(SecretsManagerClient, { region }).send(new ListSecretsCommand({}))),
  );
  expect(asked).toEqual([mfa.mfaSerial]);
  expect(aws.calls({ operation: "GetSessionToken" })).toHaveLength(1);
  expect(assumed()).toHaveLength(1);
});
