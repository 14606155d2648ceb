import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { createClientFactory } from "@holdfast/client-factory";
import {
  attemptsOf,
  classify,
  compose,
  createErrorReporter,
  defineErrors,
  describeError,
  logSink,
} from "@holdfast/errors";
import { type FaultEffect, type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { retry } from "@holdfast/retry";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// A deployment tool's client manager, retry and errors, from the packages.
const region = "eu-west-1";
const account = "111122223333";
const ask = new GetSecretValueCommand({ SecretId: "app/db" });
let aws: LocalAws;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, roles: [{ account: "444455556666", name: "deploy", trusts: [account] }] });
  aws.createSecret({ account, region, name: "app/db", value: "one" });
});
afterEach(() => aws.close());

describe("only what may pass is retried, whatever the text of an error says", () => {
  const never: [string, FaultEffect, string][] = [
    [
      "denied, with a text about a connection",
      { fault: "denied", message: "connection reset, please try again" },
      "authorization",
    ],
    [
      "a quota, with a text about a rate",
      { fault: "error", status: 400, code: "LimitExceededException", message: "Rate exceeded, throttled" },
      "quota",
    ],
    [
      "not found, with a text about a timeout",
      { fault: "error", status: 400, code: "ResourceNotFoundException", message: "connection timeout" },
      "not-found",
    ],
  ];
  test.each(never)("%s: one request", async (_, fault, kind) => {
    aws.faults.add({ operation: "GetSecretValue", ...fault });
    await using factory = createClientFactory({
      ...aws.clientConfig({ account, region }),
      localOnly: true,
      policy: retry({ backoff: 0 }),
    });
    const error = await factory
      .client(SecretsManagerClient)
      .send(ask)
      .catch((caught: unknown) => caught);
    expect(classify(error).kind).toBe(kind);
    expect(attemptsOf(error)?.stopReason).toBe("not-retryable");
    expect(aws.calls({ operation: "GetSecretValue" })).toHaveLength(1);
  });

  test.each<[string, FaultEffect]>([
    [
      "throttling that never says so in its text",
      { fault: "error", status: 400, code: "ThrottlingException", message: "no" },
    ],
    ["a reset", { fault: "reset" }],
    [
      "a failure of the service",
      { fault: "error", status: 500, code: "InternalServiceError", message: "access denied" },
    ],
  ])("%s: again", async (_, fault) => {
    aws.faults.add({ operation: "GetSecretValue", ...fault, times: 2 });
    await using factory = createClientFactory({
      ...aws.clientConfig({ account, region }),
      localOnly: true,
      policy: retry({ backoff: 0 }),
    });
    expect((await factory.client(SecretsManagerClient).send(ask)).SecretString).toBe("one");
  });
});

test("three failures in 303 calls open no circuit, on real clients", async () => {
  const breaker = circuitBreaker({ consecutiveFailures: 3 });
  await using factory = createClientFactory({
    ...aws.clientConfig({ account, region }),
    localOnly: true,
    policy: compose(breaker),
  });
  const client = factory.client(SecretsManagerClient);
  for (let call = 0; call < 303; call += 1) {
    const fault =
      call % 101 === 0
        ? aws.faults.add({ operation: "GetSecretValue", fault: "error", status: 500, times: 1 })
        : undefined;
    await client.send(ask).catch(() => {});
    fault?.remove();
  }
  expect(breaker.state).toBe("closed");
});

test("a role's clients differ by region, share one session, and are told whose they are before work starts", async () => {
  await using factory = createClientFactory({ ...aws.clientConfig({ account, region }), localOnly: true });
  const deploy = factory.assumeRole({ roleArn: "arn:aws:iam::444455556666:role/deploy", sessionName: "deployment-7" });
  expect(deploy.client(STSClient, { region: "us-east-1" })).not.toBe(deploy.client(STSClient));
  expect(await deploy.validateCredentials({ expectedAccount: "444455556666" })).toMatchObject({
    accountId: "444455556666",
    arn: "arn:aws:sts::444455556666:assumed-role/deploy/deployment-7",
    userId: expect.stringMatching(/deployment-7$/),
  });
  await expect(deploy.validateCredentials({ expectedAccount: "999999999999" })).rejects.toMatchObject({
    code: "ERR_CREDENTIALS",
  });
  expect(aws.calls({ operation: "AssumeRole" })).toHaveLength(1);
});

describe("its errors", () => {
  const remediation = [{ text: "Look at the deployment", command: "deploy status" }, { text: "Start it again" }];
  const failing = (
    kind:
      | "configuration"
      | "service"
      | "network"
      | "state"
      | "dependency"
      | "provisioning"
      | "authentication"
      | "authorization"
      | "quota"
      | "validation",
    severity: "low" | "medium" | "high" | "critical",
  ) => ({
    kind,
    severity,
    remediation,
    message: ({ resource }: { resource: string; operation: string }) => `${kind} of ${resource}`,
  });
  const errors = defineErrors({
    ConfigurationError: failing("configuration", "high"),
    AwsServiceError: failing("service", "high"),
    NetworkError: failing("network", "medium"),
    StateError: failing("state", "critical"),
    DependencyError: failing("dependency", "medium"),
    ProvisioningError: failing("provisioning", "high"),
    CredentialError: failing("authentication", "critical"),
    PermissionError: failing("authorization", "high"),
    ResourceLimitError: failing("quota", "medium"),
    ValidationError: failing("validation", "low"),
  });
  const made = Object.entries(errors).map(([name, Type]) => ({
    name,
    error: new Type({ resource: "stack/web", operation: "deploy" }),
  }));

  test("are of ten categories and four severities, with their resource and operation, also where they are classified", () => {
    expect(new Set(made.map(({ error }) => classify(error).kind)).size).toBe(10);
    expect(new Set(made.map(({ error }) => classify(error).severity))).toEqual(
      new Set(["low", "medium", "high", "critical"]),
    );
    for (const { name, error } of made) {
      expect(error).toMatchObject({ name, context: { resource: "stack/web", operation: "deploy" } });
    }
  });

  test("tell a person what to do in numbered steps, and show a stack in debug alone", () => {
    const { error } = made[0]!;
    expect(describeError(error)).toMatch(
      /configuration of stack\/web[\s\S]*1\. Look at the deployment\s+\$ deploy status\s+2\. Start it again/,
    );
    expect(describeError(error)).not.toContain("    at ");
    expect(describeError(error, { debug: true })).toContain("    at ");
  });

  test("are logged as structured lines at the level of their severity", async () => {
    const lines: [string, string, Record<string, unknown>][] = [];
    const log = (level: string) => (message: string, fields?: object) => lines.push([level, message, { ...fields }]);
    const reporter = createErrorReporter({
      sinks: [logSink({ logger: { info: log("info"), warn: log("warn"), error: log("error") } })],
    });
    for (const { error } of made) reporter.record(error);
    await reporter.close();
    expect(lines.map(([level]) => level).toSorted()).toEqual([
      ...Array(6).fill("error"),
      "info",
      "warn",
      "warn",
      "warn",
    ]);
    expect(lines[0]?.[2]).toMatchObject({ kind: "configuration", severity: "high", operation: "deploy" });
  });
});
