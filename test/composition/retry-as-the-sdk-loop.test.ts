import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { policyPlugin } from "@holdfast/client-factory";
import { attemptsOf, compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { hedge, type RetryOptions, retry, retryBudget, timeout } from "@holdfast/retry";
import { aws2026 } from "@holdfast/retry/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const place = { account: "111111111111", region: "eu-west-1" };
const SecretId = "app/db";
let aws: LocalAws;
const clients: SecretsManagerClient[] = [];

function clientWith(policy: Parameters<typeof policyPlugin>[0], config: object = {}): SecretsManagerClient {
  const client = new SecretsManagerClient({ ...aws.clientConfig(place), ...config });
  client.middlewareStack.use(policyPlugin(policy));
  clients.push(client);
  return client;
}
const callsOf = (operation: string) => aws.calls().filter((call) => call.operation === operation);
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  aws = await startLocalAws({ seed: 1 });
  await clientWith(retry()).send(new CreateSecretCommand({ Name: SecretId, SecretString: "one" }));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
});

describe("retry as a client's own loop", () => {
  test.each([
    ["throttling", { fault: "throttle" }],
    ["a 500", { fault: "error" }],
    ["a 503", { fault: "outage" }],
    ["a reset", { fault: "reset" }],
  ] as const)("gets over %s in silence, and counts its attempts truly", async (_, fault) => {
    const warn = vi.fn();
    const logger = { debug() {}, info() {}, warn, error() {} };
    aws.faults.add({ ...fault, operation: "GetSecretValue", times: 2 });
    const client = clientWith(retry({ backoff: 0, logger }));
    const output = await client.send(new GetSecretValueCommand({ SecretId }));
    expect([output.SecretString, output.$metadata.attempts]).toEqual(["one", 3]);
    expect(callsOf("GetSecretValue").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("tells the events which call it was", async () => {
    const onRetry = vi.fn();
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue", times: 1, retryAfterMs: 20 });
    await clientWith(retry({ backoff: 0, onRetry })).send(new GetSecretValueCommand({ SecretId }));
    expect(onRetry.mock.calls[0]?.[0]).toMatchObject({
      attempt: 1,
      delayMs: 20,
      classification: { kind: "throttling" },
      call: { service: "SecretsManager", operation: "GetSecretValue", region: "eu-west-1" },
    });
  });

  test("gets over a clock that is off", async () => {
    aws.faults.add({ fault: "clock-skew", skewMs: 3_600_000 });
    const output = await clientWith(retry({ backoff: 0 })).send(new GetSecretValueCommand({ SecretId }));
    expect(output.SecretString).toBe("one");
  });

  test("renews expired credentials once, and the call goes through", async () => {
    let provided = 0;
    const { credentials } = aws.clientConfig(place);
    const provider = async () => {
      provided += 1;
      const resolved = await credentials;
      return { ...resolved, sessionToken: provided === 1 ? "expired" : undefined } as typeof resolved;
    };
    aws.faults.add({ fault: "expired-credentials", operation: "GetSecretValue", times: 1 });
    const client = clientWith(retry({ backoff: 0 }), { credentials: provider });
    const output = await client.send(new GetSecretValueCommand({ SecretId })).catch((error: unknown) => error);
    expect([provided, callsOf("GetSecretValue").length]).toEqual([2, 2]);
    expect(output).toMatchObject({ $metadata: { attempts: 2 } });
  });

  test("keeps one idempotency token over the attempts of a call", async () => {
    aws.faults.add({ fault: "lost-response", operation: "PutSecretValue", times: 1 });
    const client = clientWith(retry({ backoff: 0 }));
    const output = await client.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
    const tokens = callsOf("PutSecretValue").map((call) => call.input.ClientRequestToken);
    expect(tokens).toEqual([output.VersionId, output.VersionId]);
  });

  test("does not repeat what may have been done, if it is not idempotent", async () => {
    aws.faults.add({ fault: "lost-response", operation: "PutSecretValue" });
    const isRead = (call: { operation?: string | undefined } | undefined) =>
      /^(Get|List|Describe)/.test(call?.operation ?? "");
    const client = clientWith(retry({ backoff: 0, idempotent: isRead }));
    const error = await client
      .send(new PutSecretValueCommand({ SecretId, SecretString: "two" }))
      .catch((e: unknown) => e);
    expect(attemptsOf(error)).toMatchObject({ stopReason: "ambiguous", attempts: { length: 1 } });
  });

  test("shares one budget between clients and policies, by region", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const budget = retryBudget({ style: "tokens", capacity: 5, scope: (call) => call?.region ?? "" });
    const stopsIn = async (region: string) => {
      const client = clientWith(retry({ backoff: 0, budget }), aws.clientConfig({ ...place, region }));
      const error = await client.send(new GetSecretValueCommand({ SecretId })).catch((reason: unknown) => reason);
      return [attemptsOf(error)?.stopReason, attemptsOf(error)?.attempts.length];
    };
    await expect(stopsIn("eu-west-1")).resolves.toEqual(["budget", 2]);
    await expect(stopsIn("eu-west-1")).resolves.toEqual(["budget", 1]);
    await expect(stopsIn("us-east-1")).resolves.toEqual(["budget", 2]);
    expect([budget.levelOf("eu-west-1"), budget.levelOf("us-east-1"), budget.denied]).toEqual([0, 0, 3]);
  });

  test("makes no request past its deadline", async () => {
    const client = clientWith(retry({ deadline: () => Date.now() - 1 }));
    const error = await client.send(new GetSecretValueCommand({ SecretId })).catch((reason: unknown) => reason);
    expect(attemptsOf(error)).toMatchObject({ stopReason: "deadline", attempts: [] });
    expect([(error as { code?: string }).code, callsOf("GetSecretValue").length]).toEqual(["ERR_TIMEOUT", 0]);
  });

  test("settles an abort in a pause before the next turn of the event loop, with the caller's reason, and leaves no timer", async () => {
    aws.faults.add({ fault: "throttle", operation: "GetSecretValue" });
    const clock = manualClock();
    const controller = new AbortController();
    let settled: unknown = "not yet";
    const call = clientWith(retry({ backoff: 5_000, clock }))
      .send(new GetSecretValueCommand({ SecretId }), { abortSignal: controller.signal })
      .catch((reason: unknown) => {
        settled = reason;
      });
    while (clock.pending === 0) await turn();
    controller.abort("stop");
    await turn();
    expect([settled, clock.pending]).toEqual(["stop", 0]);
    await call;
  });

  test("with aws2026 decides as the SDK does by default", async () => {
    aws.faults.add({ fault: "error", code: "LimitExceededException", status: 400, operation: "GetSecretValue" });
    const attempts = async (options: RetryOptions) => {
      const error = await clientWith(retry({ ...options, backoff: 0 }))
        .send(new GetSecretValueCommand({ SecretId }))
        .catch((reason: unknown) => reason);
      return attemptsOf(error)?.attempts.length;
    };
    await expect(attempts(aws2026())).resolves.toBe(3);
    await expect(attempts({})).resolves.toBe(1);
  });
});

describe("policies composed as a client's own loop", () => {
  test("a timeout per attempt gives up a hung attempt, and the retry gets the answer", async () => {
    aws.faults.add({ fault: "hang", operation: "GetSecretValue", times: 1 });
    const clock = manualClock(); // so that the second attempt has all the time of this machine
    const policy = compose(retry({ backoff: 0 }), circuitBreaker({}), timeout({ timeoutMs: 200, clock }));
    const sent = clientWith(policy).send(new GetSecretValueCommand({ SecretId }));
    while (callsOf("GetSecretValue").length === 0) await turn();
    await clock.advance(200);
    const output = await sent;
    expect([output.SecretString, output.$metadata.attempts]).toEqual(["one", 2]);
  });

  test("a hedge asks again beside a slow attempt, and takes the first answer", async () => {
    aws.faults.add({ fault: "hang", operation: "GetSecretValue", times: 1 });
    const output = await clientWith(hedge({ delayMs: 50 })).send(new GetSecretValueCommand({ SecretId }));
    expect(output.SecretString).toBe("one");
    expect(callsOf("GetSecretValue")).toHaveLength(2);
  });
});
