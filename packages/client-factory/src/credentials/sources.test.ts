import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials, fromTokenFile } from "@aws-sdk/credential-providers";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createClientFactory } from "../create-client-factory.ts";
import type { ClientFactoryOptions } from "../factory-options.ts";
import type { CredentialProvider } from "./credentials.ts";

/** Waiting ends as soon as what is waited for is so; only a machine under load needs this long. */
const patient = { timeout: 10_000, interval: 5 };

const home = "111122223333";
const away = "444455556666";
let aws: LocalAws;
let folder: string;
let deploy: string;
let next: string;

beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  deploy = aws.createRole({ account: away, name: "Deploy", trusts: [home], externalId: "tenant" });
  next = aws.createRole({ account: "777788889999", name: "Next", trusts: [away] });
  folder = mkdtempSync(join(tmpdir(), "holdfast-credentials-"));
  const { credentials } = aws.clientConfig({ account: home });
  const { accessKeyId, secretAccessKey } = credentials;
  const file = (name: string, lines: string[]) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  file("credentials", ["[base]", `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`]);
  const printed = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
  file("print.mjs", [`console.log(${JSON.stringify(printed)})`]);
  file("token", ["token"]);
  file("config", [
    ...[
      "[profile deploy]",
      `role_arn = ${deploy}`,
      "external_id = tenant",
      "source_profile = base",
      "region = eu-west-1",
    ],
    ...["[profile next]", `role_arn = ${next}`, "source_profile = deploy", "region = eu-west-1"],
    ...[
      "[profile process]",
      `credential_process = "${process.execPath}" "${join(folder, "print.mjs")}"`,
      "region = eu-west-1",
    ],
    ...[
      "[profile web]",
      `role_arn = ${deploy}`,
      `web_identity_token_file = ${join(folder, "token")}`,
      "region = eu-west-1",
    ],
    ...[
      "[profile mfa]",
      `role_arn = ${deploy}`,
      "external_id = tenant",
      "source_profile = base",
      `mfa_serial = arn:aws:iam::${home}:mfa/alice`,
      "region = eu-west-1",
    ],
    ...[
      "[profile loop]",
      `role_arn = ${deploy}`,
      "source_profile = pool",
      "[profile pool]",
      `role_arn = ${next}`,
      "source_profile = loop",
    ],
    ...[
      "[profile sso]",
      "sso_start_url = https://example.awsapps.com/start",
      "sso_region = us-east-1",
      `sso_account_id = ${home}`,
      "sso_role_name = Admin",
      "region = us-east-1",
    ],
  ]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await aws.close();
});
beforeEach(() => {
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  for (const name of ["AWS_PROFILE", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    vi.stubEnv(name, undefined);
  aws.faults.clear();
  aws.clearCalls();
});
afterEach(() => vi.unstubAllEnvs());

const factoryOf = (options: ClientFactoryOptions) => createClientFactory({ endpoint: aws.endpoint, ...options });
const assumed = () => aws.calls().filter(({ operation }) => operation.startsWith("AssumeRole"));
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

test.each([
  ["a profile with keys", "base", home],
  ["a profile with a role", "deploy", away],
  ["a chain of profiles", "next", "777788889999"],
  ["a process", "process", home],
])("%s", async (_, profile, accountId) => {
  await using factory = factoryOf({ profile, region: "eu-west-1" });
  expect(await factory.validateCredentials()).toMatchObject({
    accountId,
    source: `credentials of profile "${profile}"`,
  });
  await using local = factoryOf({ profile, region: "eu-west-1", localOnly: true });
  expect(await local.validateCredentials()).toMatchObject({ accountId });
});

test("a profile's own region is used", async () => {
  await using factory = factoryOf({ profile: "deploy" });
  await factory.client(STSClient).send(new GetCallerIdentityCommand({}));
  expect(new Set(aws.calls().map(({ region }) => region))).toEqual(new Set(["eu-west-1"]));
});

test("a profile of one client, beside the factory's credentials", async () => {
  const { credentials } = aws.clientConfig({ account: "222233334444" });
  await using factory = factoryOf({ credentials, region: "us-east-1" });
  const account = async (options = {}) =>
    (await factory.client(STSClient, options).send(new GetCallerIdentityCommand({}))).Account;
  expect(await account()).toBe("222233334444");
  expect(await account({ profile: "deploy" })).toBe(away);
  expect(await account({ profile: "base", role: { roleArn: deploy, externalId: "tenant" } })).toBe(away);
});

test("a container's endpoint", async () => {
  const { credentials } = aws.clientConfig({ account: home });
  const server = createServer((_, response) => {
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: "t",
        Expiration: expiration,
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await using factory = factoryOf({ region: "us-east-1" });
  await factory
    .client(SecretsManagerClient)
    .send(new ListSecretsCommand({}))
    .catch(() => {});
  expect(aws.calls()[0]?.accessKeyId).toBe(credentials.accessKeyId);
  server.close();
});

test("an instance's metadata", async () => {
  const { credentials } = aws.clientConfig({ account: home });
  const server = createServer(({ url }, response) => {
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const keys = {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: "t",
      Expiration: expiration,
    };
    if (url?.endsWith("/api/token")) response.end("metadata-token");
    else if (url?.endsWith("/security-credentials/")) response.end("Worker");
    else response.end(JSON.stringify({ Code: "Success", ...keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", undefined);
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
  await using factory = factoryOf({ region: "us-east-1" });
  await factory
    .client(SecretsManagerClient)
    .send(new ListSecretsCommand({}))
    .catch(() => {});
  expect(aws.calls()[0]?.accessKeyId).toBe(credentials.accessKeyId);
  server.close();
});

test("every link of a chain of roles is renewed", async () => {
  const clock = manualClock(Date.now());
  const local = await startLocalAws({ clock, quotas: false });
  const first = local.createRole({ account: away, name: "First", trusts: [home] });
  const second = local.createRole({ account: "777788889999", name: "Second", trusts: [away] });
  await using factory = createClientFactory({ ...local.clientConfig({ account: home }), clock, random: () => 0 });
  const client = factory.client(SecretsManagerClient, { role: [first, second] });
  await client.send(new ListSecretsCommand({}));
  await clock.advance(3 * 3_600_000);
  await client.send(new ListSecretsCommand({}));
  const roles = local.calls({ operation: "AssumeRole", status: 200 }).map(({ input }) => input.RoleArn);
  expect(roles.filter((role) => role === first).length).toBeGreaterThanOrEqual(2);
  expect(roles.filter((role) => role === second).length).toBeGreaterThanOrEqual(2);
  expect(local.calls({ operation: "ListSecrets", status: 200, account: "777788889999" })).toHaveLength(2);
  expect(factory.stats().refreshes).toBeGreaterThanOrEqual(5);
  await local.close();
});

test("SSO: the session's token is exchanged, whatever region the factory works in", async () => {
  const { credentials } = aws.clientConfig({ account: home });
  const cache = join(folder, ".aws", "sso", "cache");
  mkdirSync(cache, { recursive: true });
  const name = createHash("sha1").update("https://example.awsapps.com/start").digest("hex");
  const session = {
    startUrl: "https://example.awsapps.com/start",
    accessToken: "bearer",
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  writeFileSync(join(cache, `${name}.json`), JSON.stringify(session));
  vi.stubEnv("HOME", folder);
  const roleCredentials = {
    sessionToken: "t",
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    expiration: Date.now() + 3_600_000,
  };
  const responder = aws.respond({
    service: "",
    operation: "GET /federation/credentials",
    reply: { raw: { body: JSON.stringify({ roleCredentials }) } },
  });
  await using factory = factoryOf({ profile: "sso", region: "eu-west-1" });
  await factory
    .client(SecretsManagerClient)
    .send(new ListSecretsCommand({}))
    .catch(() => {});
  expect(responder.answered).toBeGreaterThan(0);
  expect(aws.calls({ operation: "ListSecrets" })[0]?.accessKeyId).toBe(credentials.accessKeyId);
  responder.remove();
});

test("localOnly holds inside the SDK's own exchange of a web identity, too", async () => {
  await using factory = createClientFactory({ profile: "web", region: "us-east-1", localOnly: true });
  await expect(factory.client(SecretsManagerClient).send(new ListSecretsCommand({}))).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
    cause: { code: "ERR_NOT_LOCAL", hostname: "sts.us-east-1.amazonaws.com" },
  });
});

function answerWebIdentity() {
  const { credentials } = aws.clientConfig({ account: away });
  return aws.respond({
    service: "sts",
    operation: "AssumeRoleWithWebIdentity",
    reply: {
      output: {
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          SecretAccessKey: credentials.secretAccessKey,
          Expiration: new Date(Date.now() + 3_600_000).toISOString(),
        },
        AssumedRoleUser: { Arn: `arn:aws:sts::${away}:assumed-role/Deploy/s`, AssumedRoleId: "A:s" },
      },
    },
  });
}

const withRole = () =>
  fromTemporaryCredentials({
    params: { RoleArn: deploy, ExternalId: "tenant" },
    clientConfig: { endpoint: aws.endpoint, region: "us-east-1" },
    masterCredentials: fromIni({ profile: "base" }),
  });
const clientConfig = () => ({ endpoint: aws.endpoint, region: "us-east-1" });
const providers: [string, () => CredentialProvider | undefined, ClientFactoryOptions][] = [
  ["fromTemporaryCredentials", withRole, {}],
  ["fromIni", () => fromIni({ profile: "deploy", clientConfig: clientConfig() }), {}],
  ["fromNodeProviderChain", () => fromNodeProviderChain({ profile: "deploy", clientConfig: clientConfig() }), {}],
  [
    "fromTokenFile",
    () => fromTokenFile({ roleArn: deploy, webIdentityTokenFile: join(folder, "token"), clientConfig: clientConfig() }),
    {},
  ],
  ["the standard chain", () => undefined, { profile: "deploy" }],
  ["a profile with web identity", () => undefined, { profile: "web" }],
];

test.each(providers)(
  "%s: one AssumeRole for a hundred clients, at once and one by one",
  async (_, provider, options) => {
    const responder = answerWebIdentity();
    for (const atOnce of [true, false]) {
      aws.clearCalls();
      await using factory = factoryOf({ region: "us-east-1", credentials: provider(), ...options });
      const send = (index: number) =>
        factory
          .client(SecretsManagerClient, { region: regions[index % 10], config: { userAgentAppId: `app-${index}` } })
          .send(new ListSecretsCommand({}));
      if (atOnce) await Promise.all(Array.from({ length: 100 }, (_, index) => send(index)));
      else for (let index = 0; index < 100; index += 1) await send(index);
      expect(assumed()).toHaveLength(1);
      expect(aws.calls({ operation: "ListSecrets", account: away, status: 200 })).toHaveLength(100);
    }
    responder.remove();
  },
);

test("one provider given to many clients is asked once; equal keys are one identity, and other keys another", async () => {
  await using factory = factoryOf({ region: "us-east-1" });
  const credentials = withRole();
  await Promise.all(
    regions.map((region) =>
      factory.client(SecretsManagerClient, { region, config: { credentials } }).send(new ListSecretsCommand({})),
    ),
  );
  expect(assumed()).toHaveLength(1);
  const keys = () => ({ accessKeyId: "AKIA", secretAccessKey: "one" });
  const client = factory.client(SecretsManagerClient, { credentials: keys() });
  expect(factory.client(SecretsManagerClient, { credentials: keys() })).toBe(client);
  expect(factory.client(SecretsManagerClient, { config: { credentials: keys() } })).toBe(client);
  expect(factory.client(SecretsManagerClient, { credentials: { ...keys(), secretAccessKey: "two" } })).not.toBe(client);
});

test("while STS is down, a role's valid credentials are served; they are renewed when it is back", async () => {
  const clock = manualClock(Date.now());
  const local = await startLocalAws({ clock, quotas: false });
  const roleArn = local.createRole({ account: away, name: "Deploy", trusts: [home] });
  await using factory = createClientFactory({
    ...local.clientConfig({ account: home }),
    clock,
    random: () => 0,
    tiers: { standard: { maxAttempts: 1 } },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const failures: number[] = [];
  factory.onRefreshFailure(({ validForMs }) => failures.push(validForMs));
  const client = factory.assumeRole({ roleArn }).client(SecretsManagerClient);
  await client.send(new ListSecretsCommand({}));
  const outage = local.faults.add({ fault: "outage", service: "sts" });
  for (let minutes = 45; minutes < 60; minutes += 5) {
    await clock.advance((minutes === 45 ? 45 : 5) * 60_000);
    await expect(client.send(new ListSecretsCommand({}))).resolves.toBeDefined();
  }
  await vi.waitFor(() => expect(failures.length).toBeGreaterThanOrEqual(2), patient);
  expect(failures.every((validForMs) => validForMs > 0)).toBe(true);
  outage.remove();
  await clock.advance(4 * 60_000 + 30_000);
  await expect(client.send(new ListSecretsCommand({}))).resolves.toBeDefined();
  const keys = new Set(local.calls({ operation: "ListSecrets" }).map(({ accessKeyId }) => accessKeyId));
  expect(keys.size).toBe(2);
  await local.close();
});

test.each([
  ["an unknown profile", "nobody", /No credentials for profile "nobody"/, /aws configure/],
  ["a profile whose MFA nobody can answer", "mfa", /profile "mfa"/, /mfa/i],
  ["profiles that lead to each other", "loop", /profile "loop"/, /./],
  ["an SSO session that has expired", "sso", /profile "sso"/, /aws sso login --profile sso/],
])("%s: the error says whose credentials, and what to do", async (_, profile, message, remedy) => {
  await using factory = factoryOf({ profile, region: "us-east-1" });
  const error: unknown = await factory
    .client(SecretsManagerClient)
    .send(new ListSecretsCommand({}))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: "CredentialError",
    code: "ERR_CREDENTIALS",
    profile,
    retry: "never",
    message: expect.stringMatching(message),
  });
  expect(JSON.stringify((error as { remediation: unknown }).remediation)).toMatch(remedy);
  expect((error as Error).cause).toBeInstanceOf(Error);
});

test("a profile's MFA is asked of the factory's mfaCode", async () => {
  const asked: string[] = [];
  const mfaCode = async (serial: string) => {
    asked.push(serial);
    return "123456";
  };
  await using factory = factoryOf({ profile: "mfa", region: "us-east-1", mfaCode });
  await Promise.all(
    regions.map((region) => factory.client(SecretsManagerClient, { region }).send(new ListSecretsCommand({}))),
  );
  expect(asked).toEqual([`arn:aws:iam::${home}:mfa/alice`]);
  expect(assumed()).toHaveLength(1);
});
