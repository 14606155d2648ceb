import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { silentLogger } from "@holdfast/errors/policy";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createClientFactory } from "../create-client-factory.ts";
import { assertLoopback } from "../sockets/assert-loopback.ts";
import { misspeltVariables } from "./misspelt-variables.ts";

const home = "111122223333";
let aws: LocalAws;
let roleArn: string;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  roleArn = aws.createRole({ account: "444455556666", name: "Deploy", trusts: [home] });
});
afterAll(() => aws.close());
afterEach(() => {
  vi.unstubAllEnvs();
  aws.clearCalls();
});

const list = (client: SecretsManagerClient) => client.send(new ListSecretsCommand({}));

test("the factory's endpoint is STS's too", async () => {
  await using factory = createClientFactory({ ...aws.clientConfig(), localOnly: true });
  await list(factory.client(SecretsManagerClient, { role: roleArn }));
  expect(aws.calls().map(({ service, operation }) => `${service}.${operation}`)).toEqual([
    "sts.AssumeRole",
    "secretsmanager.ListSecrets",
  ]);
});

test("a local endpoint of one client is where its role is assumed, too", async () => {
  const { region, credentials } = aws.clientConfig();
  await using factory = createClientFactory({ region, credentials, localOnly: true });
  await list(factory.client(SecretsManagerClient, { role: roleArn, endpoint: aws.endpoint }));
  expect(aws.calls({ operation: "AssumeRole" })).toHaveLength(1);
});

test("AWS_ENDPOINT_URL is honoured, by clients and by STS", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", aws.endpoint);
  const { region, credentials } = aws.clientConfig();
  await using factory = createClientFactory({ region, credentials, localOnly: true });
  await list(factory.client(SecretsManagerClient, { role: roleArn }));
  expect(aws.calls()).toHaveLength(2);
});

test("the standard chain: credentials and region from the environment", async () => {
  for (const [name, value] of Object.entries(aws.environment({ account: home, region: "eu-west-3" })))
    vi.stubEnv(name, value);
  vi.stubEnv("AWS_PROFILE", undefined);
  await using factory = createClientFactory();
  expect(await factory.validateCredentials()).toMatchObject({ accountId: home, source: "default credentials" });
  expect(aws.calls()[0]?.region).toBe("eu-west-3");
});

test.each([
  ["its own sockets", {}],
  ["a handler of its own", { requestHandler: new NodeHttpHandler() }],
])("localOnly refuses AWS before a byte is sent: a client with %s", async (_, config) => {
  const { region, credentials } = aws.clientConfig();
  await using factory = createClientFactory({ region, credentials, localOnly: true });
  const connect = vi.spyOn(await import("node:net").then(({ Socket }) => Socket.prototype), "connect");
  await expect(list(factory.client(SecretsManagerClient, { config }))).rejects.toMatchObject({
    code: "ERR_NOT_LOCAL",
    hostname: "secretsmanager.us-east-1.amazonaws.com",
  });
  expect(connect).not.toHaveBeenCalled();
  connect.mockRestore();
});

test("localOnly refuses the role whose STS is not local", async () => {
  const { region, credentials } = aws.clientConfig();
  await using factory = createClientFactory({ region, credentials, localOnly: true });
  await expect(list(factory.client(SecretsManagerClient, { role: roleArn }))).rejects.toMatchObject({
    code: "ERR_ASSUME_ROLE",
    cause: { code: "ERR_NOT_LOCAL", hostname: "sts.us-east-1.amazonaws.com" },
  });
});

test("localOnly reaches the STS client inside a provider of the SDK", async () => {
  const { credentials, region } = aws.clientConfig();
  const provider = fromTemporaryCredentials({ params: { RoleArn: roleArn }, masterCredentials: credentials });
  await using factory = createClientFactory({ region, credentials: provider, localOnly: true, endpoint: aws.endpoint });
  await expect(list(factory.client(SecretsManagerClient))).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
    cause: { code: "ERR_NOT_LOCAL" },
  });
});

test.each(["127.0.0.1", "127.8.9.1", "[::1]", "localhost", "api.localhost"])("%s is this machine", async (host) => {
  await expect(assertLoopback(host)).resolves.toBeUndefined();
});

test.each([
  "10.0.0.1",
  "169.254.169.254",
  "0.0.0.0",
  "[fe80::1]",
  "sqs.amazonaws.com",
  "s3.cn-north-1.amazonaws.com.cn",
  "127.0.0.1.amazonaws.com",
  "nowhere.invalid",
])("%s is not this machine", async (host) => {
  await expect(assertLoopback(host)).rejects.toMatchObject({ code: "ERR_NOT_LOCAL", hostname: host });
});

test("a misspelt variable of a service is warned about, once, when a client of that service is made", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETSMANAGER", "http://127.0.0.1:1");
  const warn = vi.fn();
  await using factory = createClientFactory({ region: "us-east-1", logger: { ...silentLogger, warn } });
  factory.client(SQSClient);
  expect(warn).not.toHaveBeenCalled();
  factory.client(SecretsManagerClient);
  factory.client(SecretsManagerClient, { region: "eu-west-1" });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toBe(
    "The AWS SDK does not read AWS_ENDPOINT_URL_SECRETSMANAGER; for SecretsManager it reads AWS_ENDPOINT_URL_SECRETS_MANAGER",
  );
});

test.each<[string, string, string[], boolean]>([
  ["AWS_ENDPOINT_URL_SECRETSMANAGER", "Secrets Manager", ["SecretsManager"], true],
  ["AWS_ENDPOINT_URL_SECRET_MANAGER", "Secrets Manager", ["SecretsManager"], true],
  ["AWS_ENDPOINT_URL_secrets_manager", "Secrets Manager", ["SecretsManager"], true],
  ["AWS_ENDPOINT_URL_SECRETS_MANAGRE", "Secrets Manager", ["SecretsManager"], true],
  ["AWS_ENDPOINT_URL_SERCETS_MANAEGR", "Secrets Manager", ["SecretsManager"], true],
  ["AWS_ENDPOINT_URL_MONITORING", "CloudWatch", ["CloudWatch", "monitoring"], true],
  ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "Secrets Manager", ["SecretsManager"], false],
  ["AWS_ENDPOINT_URL_SNS", "SQS", ["SQS"], false],
  ["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "CloudWatch", ["CloudWatch", "monitoring"], false],
  ["AWS_ENDPOINT_URL", "S3", ["S3"], false],
])("%s for %s: misspelt?", (variable, serviceId, names, misspelt) => {
  expect(misspeltVariables({ [variable]: "http://127.0.0.1:1" }, serviceId, names)).toHaveLength(misspelt ? 1 : 0);
});

test("a client that was told no region says which, and what to do", async () => {
  vi.stubEnv("AWS_REGION", undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
  const { credentials } = aws.clientConfig();
  await using factory = createClientFactory({ credentials, localOnly: true });
  await expect(factory.client(KMSClient).send(new ListKeysCommand({}))).rejects.toMatchObject({
    code: "ERR_REGION",
    service: "KMS",
    message: expect.stringContaining("AWS_REGION"),
  });
  expect(factory.client(CloudWatchClient)).toBeDefined();
  await using profiled = createClientFactory({ profile: "dev", localOnly: true });
  await expect(profiled.client(KMSClient).send(new ListKeysCommand({}))).rejects.toMatchObject({
    remediation: expect.arrayContaining([
      expect.objectContaining({ command: "aws configure set region REGION --profile dev" }),
    ]),
  });
});
