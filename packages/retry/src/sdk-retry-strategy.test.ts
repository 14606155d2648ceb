import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { attemptsOf } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { aws2026 } from "./aws-2026.ts";
import { pinToken } from "./pin-token.ts";
import { retry } from "./retry.ts";
import { retryBudget } from "./retry-budget.ts";
import type { RetryOptions } from "./retry-options.ts";
import { sdkRetryStrategy } from "./sdk-retry-strategy.ts";

const place = { account: "111111111111", region: "eu-west-1" };
const SecretId = "app/db";
let aws: LocalAws;
const clients: SecretsManagerClient[] = [];

function clientWith(options: RetryOptions): SecretsManagerClient {
  const client = new SecretsManagerClient({ ...aws.clientConfig(place), retryStrategy: sdkRetryStrategy(options) });
  clients.push(client);
  return client;
}
const callsOf = (operation: string) => aws.calls().filter((call) => call.operation === operation);

beforeEach(async () => {
  aws = await startLocalAws({ seed: 1 });
  const client = clientWith({});
  await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: "one" }));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
});

describe("a real client with our strategy", () => {
  test.each([
    ["throttling", { fault: "throttle" }],
    ["a 500", { fault: "error" }],
    ["a 503", { fault: "outage" }],
    ["a reset", { fault: "reset" }],
  ] as const)("gets over %s, and counts its attempts truly", async (_, fault) => {
    aws.faults.add({ ...fault, operation: "GetSecretValue", times: 2 });
    const output = await clientWith({ backoff: 0 }).send(new GetSecretValueCommand({ SecretId }));
    expect([output.SecretString, output.$metadata.attempts]).toEqual(["one", 3]);
    expect(callsOf("GetSecretValue")).toHaveLength(3);
  });

  test("throws the service's own error when attempts run out, with the ledger on it", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const error = await clientWith({ backoff: 1, maxAttempts: 4 })
      .send(new GetSecretValueCommand({ SecretId }))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "ThrottlingException", $metadata: { attempts: 4, totalRetryDelay: 3 } });
    const ledger = attemptsOf(error);
    expect(ledger?.stopReason).toBe("attempts");
    expect(ledger?.attempts.map(({ code, delayMs }) => [code, delayMs])).toEqual([
      ["ThrottlingException", 0],
      ["ThrottlingException", 1],
      ["ThrottlingException", 1],
      ["ThrottlingException", 1],
    ]);
    expect(new Set(ledger?.attempts.map(({ requestId }) => requestId)).size).toBe(4);
  });

  test("waits for the server's hint", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue", times: 1, retryAfterMs: 30 });
    const onRetry = vi.fn();
    await clientWith({ backoff: 0, onRetry }).send(new GetSecretValueCommand({ SecretId }));
    expect(onRetry).toHaveBeenCalledWith(expect.objectContaining({ attempt: 1, delayMs: 30 }));
  });

  test("gets over a clock that is off, which the signer corrects", async () => {
    aws.faults.add({ fault: "clock-skew", skewMs: 3_600_000 });
    const output = await clientWith({ backoff: 0 }).send(new GetSecretValueCommand({ SecretId }));
    expect([output.SecretString, output.$metadata.attempts]).toEqual(["one", 2]);
  });

  test("makes one version, though the first answer was lost: one token for all attempts of a call", async () => {
    aws.faults.add({ fault: "lost-response", operation: "PutSecretValue", times: 1 });
    const client = clientWith({ backoff: 0 });
    const output = await client.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
    const tokens = callsOf("PutSecretValue").map((call) => call.input.ClientRequestToken);
    expect(tokens).toEqual([output.VersionId, output.VersionId]);
  });

  test("never repeats a body that is a stream", async () => {
    const client = new S3Client({
      ...aws.clientConfig(place),
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
      retryStrategy: sdkRetryStrategy({ backoff: 0 }),
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    aws.faults.add({ fault: "error", service: "s3" });
    const put = (Body: string | Readable) =>
      client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body, ContentLength: 4 })).catch(() => {});
    await put(Readable.from([Buffer.from("body")]));
    const streamed = aws.calls().filter(({ service }) => service === "s3").length;
    await put("body");
    expect([streamed, aws.calls().filter(({ service }) => service === "s3").length]).toEqual([1, 4]);
    warn.mockRestore();
    client.destroy();
  });

  test("settles an abort in a pause before the next turn of the event loop", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const controller = new AbortController();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const onRetry = vi.fn();
    let settled: unknown;
    const call = clientWith({ backoff: 2_000, onRetry })
      .send(new GetSecretValueCommand({ SecretId }), { abortSignal: controller.signal })
      .catch((error: unknown) => {
        settled = error;
      });
    while (onRetry.mock.calls.length === 0) await turn();
    await turn(); // the SDK has begun to wait
    controller.abort();
    await turn();
    expect(settled).toMatchObject({ name: "AbortError" });
    await call;
  });

  test("shares one budget between clients that share the strategy", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const budget = retryBudget({ style: "tokens", capacity: 5 });
    const strategy = sdkRetryStrategy({ backoff: 0, budget });
    const attempts = [];
    for (const region of ["eu-west-1", "us-east-1"]) {
      const client = new SecretsManagerClient({
        ...aws.clientConfig({ ...place, region }),
        retryStrategy: strategy,
      });
      clients.push(client);
      const error = await client.send(new GetSecretValueCommand({ SecretId })).catch((reason: unknown) => reason);
      attempts.push(attemptsOf(error)?.attempts.length, attemptsOf(error)?.stopReason);
    }
    expect(attempts).toEqual([2, "budget", 1, "budget"]);
  });

  test("makes no request past its deadline, and says why", async () => {
    const client = clientWith({ deadline: () => Date.now() - 1 });
    const error = await client.send(new GetSecretValueCommand({ SecretId })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_TIMEOUT", message: expect.stringContaining("not made") });
    expect([attemptsOf(error)?.stopReason, callsOf("GetSecretValue").length]).toEqual(["deadline", 0]);
  });

  test("does not repeat what may have been done, if it is not idempotent", async () => {
    for (const fault of ["lost-response", "error-after-effect"] as const) {
      aws.faults.add({ fault, operation: "PutSecretValue", times: 1 });
      const error = await clientWith({ backoff: 0, idempotent: false })
        .send(new PutSecretValueCommand({ SecretId, SecretString: "two" }))
        .catch((reason: unknown) => reason);
      expect(attemptsOf(error)).toMatchObject({ stopReason: "ambiguous", attempts: { length: 1 } });
    }
  });

  test("gives back its place in a budget, once forgotten, when a call is aborted in a pause", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const budget = retryBudget({ style: "ratio", ratio: 0, minConcurrent: 1 });
    const controller = new AbortController();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const sent = clientWith({ backoff: 2_000, budget, onRetry: () => setImmediate(() => controller.abort()) }).send(
      new GetSecretValueCommand({ SecretId }),
      { abortSignal: controller.signal },
    );
    await expect(sent).rejects.toThrow("aborted");
    expect(budget.level).toBe(0);
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    for (; budget.level === 0; await turn()) collectGarbage();
  });

  test("by default decides as the SDK's standard mode does: a quota is repeated as if it were throttling", async () => {
    const client = new SecretsManagerClient({
      ...aws.clientConfig(place),
      retryStrategy: sdkRetryStrategy({ ...aws2026(), backoff: 0 }),
    });
    clients.push(client);
    aws.faults.add({ fault: "error", code: "LimitExceededException", status: 400, operation: "GetSecretValue" });
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      $metadata: { attempts: 3 },
    });
    await expect(clientWith({ backoff: 0 }).send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      $metadata: { attempts: 1 },
    });
  });
});

test("the strategy tells when each attempt began, its pauses left out, under the name it was given", async () => {
  const clock = manualClock();
  const onGiveUp = vi.fn();
  const strategy = sdkRetryStrategy({ name: "mine", clock, backoff: 100, maxAttempts: 2, onGiveUp });
  const error = Object.assign(new Error("down"), { code: "ECONNREFUSED" });
  const begun = clock.now();
  const first = await strategy.acquireInitialRetryToken();
  await clock.advance(10);
  const second = await strategy.refreshRetryTokenForRetry(first, { error });
  expect([second.getRetryCount(), second.getRetryDelay()]).toEqual([1, 100]);
  await clock.advance(100 + 20);
  await expect(strategy.refreshRetryTokenForRetry(second, { error })).rejects.toThrow("attempts");
  expect(attemptsOf(error)).toMatchObject({
    elapsedMs: 130,
    attempts: [
      { startedAt: begun, durationMs: 10 },
      { startedAt: begun + 110, durationMs: 20, delayMs: 100 },
    ],
  });
  expect([strategy.name, sdkRetryStrategy().name]).toEqual(["mine", "sdk-retry"]);
  expect(onGiveUp).toHaveBeenCalledWith(expect.objectContaining({ attempts: 2, stopReason: "attempts" }));
});

describe("a policy around client.send()", () => {
  test("makes one version of a pinned command, and two of one that is not", async () => {
    const client = new SecretsManagerClient({ ...aws.clientConfig(place), maxAttempts: 1 });
    clients.push(client);
    const policy = retry({ backoff: 0 });
    const tokensOf = async (command: PutSecretValueCommand) => {
      const before = callsOf("PutSecretValue").length;
      aws.faults.add({ fault: "lost-response", operation: "PutSecretValue", times: 1 });
      await policy.execute(() => client.send(command));
      return new Set(
        callsOf("PutSecretValue")
          .slice(before)
          .map((call) => call.input.ClientRequestToken),
      ).size;
    };
    await expect(tokensOf(new PutSecretValueCommand({ SecretId, SecretString: "two" }))).resolves.toBe(2);
    await expect(tokensOf(pinToken(new PutSecretValueCommand({ SecretId, SecretString: "two" })))).resolves.toBe(1);
  });

  test("makes a version for each pinned command, though they share an input", async () => {
    const client = new SecretsManagerClient({ ...aws.clientConfig(place), maxAttempts: 1 });
    clients.push(client);
    const input = { SecretId, SecretString: "two" };
    const [one, other] = [new PutSecretValueCommand(input), new PutSecretValueCommand(input)].map((put) =>
      pinToken(put),
    );
    const outputs = [await client.send(one!), await client.send(other!)];
    expect(outputs.map(({ VersionId }) => VersionId)).toEqual([
      one?.input.ClientRequestToken,
      other?.input.ClientRequestToken,
    ]);
    expect(outputs[0]?.VersionId).not.toBe(outputs[1]?.VersionId);
  });

  test("whose own loop is still on is noticed, and said once", async () => {
    const warn = vi.fn();
    const logger = { debug() {}, info() {}, warn, error() {} };
    const client = clientWith({ backoff: 0, logger: { ...logger, warn: () => {} } });
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const policy = retry({ backoff: 0, logger, name: "outer" });
    for (let i = 0; i < 2; i++) {
      await policy.execute(() => client.send(new GetSecretValueCommand({ SecretId }))).catch(() => {});
    }
    expect(callsOf("GetSecretValue")).toHaveLength(18);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(/"outer" runs around an AWS client that retries by itself \(3 attempts/);
  });
});
