import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromSSO } from "@aws-sdk/credential-providers";
import { type FaultEffect, type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Classification, type ClassificationContext, classify, remediationFor } from "../index.ts";

// Every error here was thrown by a real SDK client that talked to an endpoint.

let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());
beforeEach(() => aws.faults.clear());

function secretsManager(config: SecretsManagerClientConfig = {}): SecretsManagerClient {
  return new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1, ...config });
}

async function errorOf(run: () => Promise<unknown>): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call succeeded");
}

async function faulted(fault: FaultEffect, config?: SecretsManagerClientConfig): Promise<Error> {
  aws.faults.add(fault);
  return getSecret(config);
}

function getSecret(config?: SecretsManagerClientConfig): Promise<Error> {
  return errorOf(() => secretsManager(config).send(new GetSecretValueCommand({ SecretId: "a" })));
}

type Said = Partial<Classification>;

function said(error: unknown, context?: ClassificationContext): Classification {
  return classify(error, context);
}

describe("Secrets Manager", () => {
  test("a modelled error keeps status, request id and service", async () => {
    const error = await getSecret();
    expect(error.name).toBe("ResourceNotFoundException");
    expect(said(error, { operation: "GetSecretValue", region: "us-east-1" })).toEqual({
      kind: "not-found",
      retry: "never",
      fault: "client",
      severity: "medium",
      code: "ResourceNotFoundException",
      service: "SecretsManager",
      operation: "GetSecretValue",
      region: "us-east-1",
      httpStatus: 400,
      requestId: expect.stringMatching(/\S/),
      retryAfterMs: undefined,
    } satisfies Said);
  });

  test.each<[string, FaultEffect, Said]>([
    [
      "throttling is unmodelled here",
      { fault: "throttle" },
      { code: "ThrottlingException", kind: "throttling", retry: "throttling" },
    ],
    ["a hint in seconds", { fault: "throttle", retryAfterMs: 3_000 }, { retry: "throttling", retryAfterMs: 3_000 }],
    ["denied", { fault: "denied" }, { code: "AccessDeniedException", kind: "authorization", retry: "never" }],
    [
      "denied, and the text says connection",
      { fault: "denied", message: "connection timeout, please retry: throttled" },
      { kind: "authorization", retry: "never" },
    ],
    [
      "KMS denied",
      { fault: "denied", message: "Access to KMS is not allowed" },
      { kind: "authorization", retry: "never" },
    ],
    [
      "expired token",
      { fault: "expired-credentials" },
      { code: "ExpiredTokenException", kind: "authentication", retry: "after-refresh" },
    ],
    [
      "a modelled server fault",
      { fault: "error", status: 500, code: "InternalServiceError" },
      { kind: "service", retry: "transient", fault: "server" },
    ],
    ["503", { fault: "outage" }, { kind: "service", retry: "transient", httpStatus: 503 }],
    [
      "501 is not worth a retry",
      { fault: "error", status: 501, code: "Whatever" },
      { kind: "service", retry: "never", httpStatus: 501 },
    ],
    [
      "504: its fate is unknown",
      { fault: "error", status: 504, code: "Whatever" },
      { kind: "service", retry: "if-idempotent" },
    ],
    [
      "an internal error with status 400, which the SDK gives up on",
      { fault: "error", status: 400, code: "InternalFailure" },
      { kind: "service", retry: "transient" },
    ],
    [
      "a quota, which the SDK retries as throttling",
      { fault: "error", status: 400, code: "LimitExceededException" },
      { kind: "quota", retry: "never" },
    ],
    [
      "another quota",
      { fault: "error", status: 402, code: "ServiceQuotaExceededException" },
      { kind: "quota", retry: "never" },
    ],
    [
      "429, whatever the code",
      { fault: "error", status: 429, code: "Whatever" },
      { kind: "throttling", retry: "throttling" },
    ],
    [
      "a conflict, which the SDK gives up on",
      { fault: "error", status: 409, code: "ConflictException" },
      { kind: "conflict", retry: "transient" },
    ],
    [
      "operation aborted",
      { fault: "error", status: 409, code: "OperationAborted" },
      { kind: "conflict", retry: "transient" },
    ],
    ["decryption", { fault: "error", status: 400, code: "DecryptionFailure" }, { kind: "encryption", retry: "never" }],
    [
      "a code nobody knows",
      { fault: "error", status: 400, code: "FrobnicationException" },
      { kind: "validation", retry: "never" },
    ],
    [
      "a code nobody knows, worded by custom",
      { fault: "error", status: 400, code: "FrobNotFoundException" },
      { kind: "not-found", retry: "never" },
    ],
    ["a proxy's page with 503", { fault: "html" }, { kind: "network", retry: "transient", httpStatus: 503 }],
    ["a proxy's page with 403", { fault: "html", status: 403 }, { kind: "network", retry: "never", httpStatus: 403 }],
    [
      "an empty body",
      { fault: "empty-body", status: 502 },
      { kind: "service", retry: "if-idempotent", httpStatus: 502 },
    ],
    [
      "a connection reset",
      { fault: "reset" },
      { code: "ECONNRESET", kind: "network", retry: "if-idempotent", fault: "network" },
    ],
    ["an answer lost after the effect", { fault: "lost-response" }, { kind: "network", retry: "if-idempotent" }],
    ["a body cut off", { fault: "truncated-body" }, { kind: "network", retry: "if-idempotent" }],
  ])("%s", async (_name, fault, expected) => {
    await secretsManager()
      .send(new CreateSecretCommand({ Name: "a", SecretString: "v" }))
      .catch(() => {});
    expect(said(await faulted(fault))).toMatchObject(expected);
  });

  test("a proxy's page with 200: the call may have gone through", async () => {
    const page = { raw: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Log in</html>" } };
    const responder = aws.respond({ service: "secretsmanager", reply: page });
    const error = await getSecret();
    responder.remove();
    expect(said(error)).toMatchObject({ kind: "network", retry: "if-idempotent", httpStatus: 200 });
  });

  test("a refusal is judged by its name, whatever field the service calls `code`", async () => {
    const error = { code: "ValidationException", status: 400, fields: { code: "ECONNRESET" } };
    const responder = aws.respond({ service: "secretsmanager", reply: { error } });
    const failure = await getSecret();
    responder.remove();
    expect(failure).toMatchObject({ name: "ValidationException", code: "ECONNRESET" });
    expect(said(failure)).toMatchObject({ code: "ValidationException", kind: "validation", retry: "never" });
  });

  test.each([
    ["an answer", "a", 200],
    ["a refusal", "none", 400],
  ])("%s whose body is cut off has no name, and is judged by its `code`", async (_name, SecretId, status) => {
    const client = secretsManager();
    await client.send(new CreateSecretCommand({ Name: "a", SecretString: "v" })).catch(() => {});
    aws.faults.add({ fault: "truncated-body" });
    const failure = await errorOf(() => client.send(new GetSecretValueCommand({ SecretId })));
    expect(failure).toMatchObject({ name: "Error", code: "ECONNRESET", $metadata: { httpStatusCode: status } });
    expect(said(failure)).toMatchObject({ code: "ECONNRESET", kind: "network", retry: "if-idempotent" });
  });

  test("a SyntaxError of the SDK is an answer that is not the service's; one of your own JSON.parse is a defect", async () => {
    const reply = { raw: { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: '{"ARN":' } };
    const responder = aws.respond({ service: "secretsmanager", reply });
    const fromSdk = await getSecret();
    responder.remove();
    const own = await errorOf(async () => JSON.parse('{"ARN":'));
    expect([fromSdk.name, own.name]).toEqual(["SyntaxError", "SyntaxError"]);
    expect(said(fromSdk)).toMatchObject({ kind: "network", retry: "if-idempotent", fault: "network" });
    expect(said(own)).toMatchObject({ kind: "defect", retry: "never", fault: "caller" });
  });

  test("a clock that is off by more than the SDK corrects is cured by new signatures", async () => {
    const error = await faulted({ fault: "clock-skew", skewMs: 20 * 60_000 });
    expect(said(error)).toMatchObject({ kind: "authentication", retry: "transient" });
  });

  test("a secret pending deletion is in a wrong state, not an invalid request", async () => {
    const client = secretsManager();
    await client.send(new CreateSecretCommand({ Name: "doomed", SecretString: "v" }));
    await client.send(new DeleteSecretCommand({ SecretId: "doomed" }));
    const error = await errorOf(() =>
      client.send(new PutSecretValueCommand({ SecretId: "doomed", SecretString: "w" })),
    );
    expect(error.name).toBe("InvalidRequestException");
    expect(said(error)).toMatchObject({ kind: "state", retry: "never" });
  });

  test("an unknown key id may be known after a refresh", async () => {
    const error = await getSecret({ credentials: { accessKeyId: "AKIAUNKNOWN000000000", secretAccessKey: "x" } });
    expect(said(error)).toMatchObject({
      code: "UnrecognizedClientException",
      kind: "authentication",
      retry: "after-refresh",
    });
  });

  test("a wrong secret key stays wrong", async () => {
    const { accessKeyId } = aws.clientConfig().credentials;
    const error = await getSecret({ credentials: { accessKeyId, secretAccessKey: "wrong" } });
    expect(said(error)).toMatchObject({ kind: "authentication", retry: "never" });
  });
});

describe("other protocols", () => {
  test("query and XML: STS refuses a role", async () => {
    const client = new STSClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() =>
      client.send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::444455556666:role/none", RoleSessionName: "test" })),
    );
    expect(said(error)).toMatchObject({
      code: "AccessDenied",
      kind: "authorization",
      retry: "never",
      service: "STS",
      httpStatus: 403,
    });
  });

  test("query and XML: STS is throttled with `Throttling`", async () => {
    aws.faults.add({ fault: "throttle", service: "sts" });
    const client = new STSClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() => client.send(new GetCallerIdentityCommand()));
    expect(said(error)).toMatchObject({
      code: expect.stringMatching(/^Throttling/),
      kind: "throttling",
      service: "STS",
    });
  });

  test("query-compatible: CloudWatch is throttled", async () => {
    aws.faults.add({ fault: "throttle", service: "monitoring" });
    const client = new CloudWatchClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() => client.send(new DescribeAlarmsCommand()));
    expect(said(error)).toMatchObject({ kind: "throttling", retry: "throttling", service: "CloudWatch" });
  });

  test("query-compatible: CloudWatch's LimitExceededFault is a quota", async () => {
    aws.respond({
      service: "monitoring",
      operation: "PutMetricData",
      reply: { error: { code: "LimitExceeded", status: 400 } },
    });
    const client = new CloudWatchClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() =>
      client.send(new PutMetricDataCommand({ Namespace: "a", MetricData: [{ MetricName: "b", Value: 1 }] })),
    );
    expect(said(error)).toMatchObject({ kind: "quota", retry: "never", service: "CloudWatch" });
  });

  test.each<[string, Record<string, unknown>, Said]>([
    ["ConditionalCheckFailedException", {}, { kind: "conflict", retry: "never" }],
    ["ProvisionedThroughputExceededException", {}, { kind: "throttling", retry: "throttling" }],
    ["LimitExceededException", {}, { kind: "throttling", retry: "throttling" }], // in DynamoDB it is a rate of control-plane calls
    ["ResourceInUseException", {}, { kind: "conflict", retry: "transient" }],
    ["TransactionInProgressException", {}, { kind: "conflict", retry: "throttling" }],
    ["ReplicatedWriteConflictException", {}, { kind: "service", retry: "transient" }],
    ["ItemCollectionSizeLimitExceededException", {}, { kind: "quota", retry: "never" }],
  ])("DynamoDB: %s", async (code, fields, expected) => {
    const responder = aws.respond({ service: "dynamodb", reply: { error: { code, fields } } });
    const client = new DynamoDBClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() => client.send(new PutItemCommand({ TableName: "t", Item: {} })));
    responder.remove();
    expect(said(error)).toMatchObject({ ...expected, service: "DynamoDB" });
  });

  test.each<[string, readonly string[], Said]>([
    ["every reason may pass", ["None", "TransactionConflict"], { kind: "conflict", retry: "transient" }],
    ["no reason given", [], { kind: "conflict", retry: "never" }],
    ["one condition failed", ["TransactionConflict", "ConditionalCheckFailed"], { kind: "conflict", retry: "never" }],
  ])("DynamoDB: a cancelled transaction, %s", async (_name, codes, expected) => {
    const fields = { CancellationReasons: codes.map((Code) => ({ Code })) };
    const responder = aws.respond({
      service: "dynamodb",
      reply: { error: { code: "TransactionCanceledException", fields } },
    });
    const client = new DynamoDBClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const error = await errorOf(() => client.send(new TransactWriteItemsCommand({ TransactItems: [] })));
    responder.remove();
    expect(said(error)).toMatchObject(expected);
  });
});

describe("before any answer", () => {
  test("refused", async () => {
    const server = createServer();
    const { port } = await listening(server);
    await new Promise((closed) => server.close(closed));
    expect(said(await getSecret({ endpoint: `http://127.0.0.1:${port}` }))).toMatchObject({
      code: "ECONNREFUSED",
      kind: "network",
      retry: "transient",
      fault: "network",
    });
  });

  test("a region that is none: the host will not appear", async () => {
    const error = await errorOf(() =>
      new SecretsManagerClient({
        region: "us-esat-1",
        endpoint: "https://secretsmanager.us-esat-1.amazonaws.com",
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
        maxAttempts: 1,
        requestHandler: { httpsAgent: { lookup: unknownHost } },
      }).send(new GetSecretValueCommand({ SecretId: "a" })),
    );
    expect(said(error)).toMatchObject({ code: "ENOTFOUND", kind: "configuration", retry: "never" });
  });

  test.each([
    "secretsmanager.us-east-1.amazonaws.com",
    "s3-us-west-2.amazonaws.com",
    "sts.amazonaws.com",
    "vault.example.com",
  ])("a host that may well exist, %s, may be found later", async (host) => {
    const error = await getSecret({
      endpoint: `https://${host}`,
      requestHandler: { httpsAgent: { lookup: unknownHost } },
    });
    expect(said(error)).toMatchObject({ code: "ENOTFOUND", kind: "network", retry: "transient" });
  });

  test("TLS where the server speaks none: no handshake, so nothing was sent", async () => {
    const error = await getSecret({ endpoint: aws.endpoint.replace("http:", "https:") });
    expect(said(error)).toMatchObject({ code: "EPROTO", kind: "network", retry: "transient" });
  });

  test("no region", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    vi.stubEnv("AWS_PROFILE", "holdfast-test-no-such-profile");
    const { endpoint, credentials } = aws.clientConfig();
    const client = new SecretsManagerClient({ endpoint, credentials, maxAttempts: 1 });
    const error = await errorOf(() => client.send(new GetSecretValueCommand({ SecretId: "a" })));
    vi.unstubAllEnvs();
    expect(error.message).toBe("Region is missing");
    expect(said(error)).toMatchObject({ kind: "configuration", retry: "never" });
  });

  test("no credentials", async () => {
    vi.stubEnv("AWS_PROFILE", "holdfast-test-no-such-profile");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const client = new SecretsManagerClient({ endpoint: aws.endpoint, region: "us-east-1", maxAttempts: 1 });
    const error = await errorOf(() => client.send(new GetSecretValueCommand({ SecretId: "a" })));
    vi.unstubAllEnvs();
    expect(said(error)).toMatchObject({ code: "CredentialsProviderError", kind: "authentication", retry: "never" });
  });

  test.each<[string, Record<string, unknown> | undefined, RegExp]>([
    ["was never begun", undefined, /not found or is invalid/],
    ["has expired", { accessToken: "x", expiresAt: "2020-01-01T00:00:00Z" }, /aws sso login/],
  ])("an SSO session that %s: a person logs in, and no retry helps", async (_name, token, message) => {
    const home = await mkdtemp(join(tmpdir(), "holdfast-sso-"));
    const cache = join(home, ".aws", "sso", "cache");
    await mkdir(cache, { recursive: true });
    await writeFile(
      join(home, ".aws", "config"),
      "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = dev\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n",
    );
    if (token !== undefined) {
      await writeFile(join(cache, `${createHash("sha1").update("corp").digest("hex")}.json`), JSON.stringify(token));
    }
    vi.stubEnv("HOME", home);
    vi.stubEnv("AWS_CONFIG_FILE", join(home, ".aws", "config"));
    const error = await errorOf(() => fromSSO({ profile: "sso", ignoreCache: true })());
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
    expect(error.message).toMatch(message);
    expect(said(error)).toMatchObject({ kind: "authentication", retry: "never", fault: "client" });
    expect(remediationFor(error, { profile: "sso" })).toMatchObject({
      code: "sso-session-expired",
      steps: [{ command: "aws sso login --profile sso" }],
    });
  });
});

describe("timeouts and aborts", () => {
  test("no answer within requestTimeout: it may have taken effect", async () => {
    const error = await faulted(
      { fault: "hang" },
      { requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } },
    );
    expect(error.name).toBe("TimeoutError");
    expect(said(error)).toMatchObject({ code: "ETIMEDOUT", kind: "timeout", retry: "if-idempotent", fault: "network" });
  });

  test("a silent socket", async () => {
    const error = await faulted({ fault: "hang" }, { requestHandler: { socketTimeout: 50 } });
    expect(said(error)).toMatchObject({ code: "TimeoutError", kind: "timeout", retry: "if-idempotent" });
  });

  test("no connection within connectionTimeout: nothing was sent", async () => {
    const client = secretsManager({
      endpoint: "http://unanswered.example",
      requestHandler: { connectionTimeout: 50, httpAgent: { lookup: neverFound } },
    });
    const error = await errorOf(() =>
      client.send(new GetSecretValueCommand({ SecretId: "a" }), { abortSignal: AbortSignal.timeout(5_000) }),
    );
    expect(error.name).toBe("TimeoutError");
    expect(said(error)).toMatchObject({ code: "TimeoutError", kind: "timeout", retry: "transient" });
  });

  test("a full pool looks the same, and is told by the requests that wait", async () => {
    const hang = aws.faults.add({ fault: "hang", times: 1 });
    const client = secretsManager({ requestHandler: { connectionTimeout: 1_000, httpAgent: { maxSockets: 1 } } });
    const holding = new AbortController();
    const first = client
      .send(new GetSecretValueCommand({ SecretId: "a" }), { abortSignal: holding.signal })
      .catch(() => {});
    while (hang.applied === 0) await new Promise((resolve) => setImmediate(resolve));
    const error = await errorOf(() => client.send(new GetSecretValueCommand({ SecretId: "a" })));
    holding.abort();
    await first;
    expect(error.name).toBe("TimeoutError");
    expect(said(error)).toMatchObject({ kind: "timeout", retry: "transient" });
    expect(said(error, { queuedRequests: 1 })).toMatchObject({
      kind: "limit-reached",
      retry: "transient",
      fault: "caller",
    });
  });

  test("the caller gives up", async () => {
    aws.faults.add({ fault: "hang" });
    const controller = new AbortController();
    const call = errorOf(() =>
      secretsManager().send(new GetSecretValueCommand({ SecretId: "a" }), { abortSignal: controller.signal }),
    );
    controller.abort();
    expect(said(await call)).toMatchObject({ kind: "aborted", retry: "never", fault: "caller" });
  });

  test("AbortSignal.timeout is a timeout, though the SDK says AbortError: its signal tells", async () => {
    aws.faults.add({ fault: "hang" });
    const signal = AbortSignal.timeout(30);
    const error = await errorOf(() =>
      secretsManager().send(new GetSecretValueCommand({ SecretId: "a" }), { abortSignal: signal }),
    );
    expect(error.name).toBe("AbortError");
    expect(said(error)).toMatchObject({ kind: "aborted" }); // the SDK's retry loop has dropped the reason
    expect(said(error, { signal })).toMatchObject({ kind: "timeout", retry: "if-idempotent", code: "AbortError" });
  });

  test("under another retry loop the error itself tells", async () => {
    aws.faults.add({ fault: "hang" });
    const client = secretsManager();
    client.middlewareStack.add((next) => (args) => next(args), {
      name: "retryMiddleware",
      step: "finalizeRequest",
      priority: "high",
      override: true,
    });
    const error = await errorOf(() =>
      client.send(new GetSecretValueCommand({ SecretId: "a" }), { abortSignal: AbortSignal.timeout(30) }),
    );
    expect(said(error)).toMatchObject({ kind: "timeout", retry: "if-idempotent" });
  });
});

async function listening(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address() as AddressInfo;
}

type Lookup = (
  host: string,
  options: unknown,
  done: (error: Error | null, address?: string, family?: number) => void,
) => void;

// Stands for a resolver: no test asks a real one.
const unknownHost: Lookup = (hostname, _options, done) => {
  done(
    Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
      hostname,
    }),
  );
};
const neverFound: Lookup = () => {};
