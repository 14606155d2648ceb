import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from "@aws-sdk/client-secrets-manager";
import { OptionError } from "@holdfast/errors";
import type { CallDetails } from "@holdfast/errors/policy";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import type { FinalizeRequestMiddleware } from "@smithy/types";
import { ConsecutiveBreaker, ConstantBackoff, circuitBreaker, fallback, handleAll, noop, retry, wrap } from "cockatiel";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { policyPlugin } from "./policy-plugin.ts";
import type { SdkPolicy } from "./sdk-policy.ts";

/** Waiting ends as soon as what is waited for is so; only a machine under load needs this long. */
const patient = { timeout: 10_000, interval: 5 };

let aws: LocalAws;
beforeAll(async () => {
  const key = { account: "111122223333", secretAccessKey: "secret" };
  aws = await startLocalAws({ accessKeys: { AKIA1: key, AKIA2: key } });
  await client(noop).send(new CreateSecretCommand({ Name: "db", SecretString: "one" }));
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

function client(policy: SdkPolicy, region = "us-east-1"): SecretsManagerClient {
  const made = new SecretsManagerClient(aws.clientConfig({ region }));
  made.middlewareStack.use(policyPlugin(policy));
  return made;
}

const threeRetries = () => retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1) });
const get = () => new GetSecretValueCommand({ SecretId: "db" });

test("a cockatiel policy is the only retry loop: its attempts are the requests", async () => {
  aws.faults.add({ fault: "error", status: 503 });
  await expect(client(threeRetries()).send(get())).rejects.toMatchObject({ $metadata: { attempts: 4 } });
  expect(aws.calls()).toHaveLength(4);
});

test("the SDK's own loop is gone: a policy that never retries sends one request", async () => {
  aws.faults.add({ fault: "error", status: 503 });
  await expect(client(noop).send(get())).rejects.toMatchObject({ $metadata: { attempts: 1, totalRetryDelay: 0 } });
  expect(aws.calls()).toHaveLength(1);
});

test("all attempts share an invocation id and an idempotency token, and each is signed and counted", async () => {
  aws.faults.add({ fault: "throttle", times: 2 });
  const output = await client(threeRetries()).send(new PutSecretValueCommand({ SecretId: "db", SecretString: "two" }));
  const calls = aws.calls();
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(calls.map(({ invocationId }) => invocationId)).size).toBe(1);
  expect(new Set(calls.map(({ input }) => input.ClientRequestToken))).toEqual(new Set([output.VersionId]));
  expect(output.$metadata).toMatchObject({ attempts: 3 });
});

test("two calls have two invocation ids", async () => {
  const one = client(noop);
  await one.send(get());
  await one.send(get());
  const [first, second] = aws.calls();
  expect(first?.invocationId).toMatch(/^[\da-f-]{36}$/);
  expect(second?.invocationId).not.toBe(first?.invocationId);
});

test("amz-sdk-request tells the most attempts if the policy or one inside it says so", async () => {
  const policy = Object.assign(wrap(noop), { wrapped: [noop, { maxAttempts: 7 }] });
  await client(policy).send(get());
  await client(noop).send(get());
  expect(aws.calls().map(({ maxAttempts }) => maxAttempts)).toEqual([7, undefined]);
});

test("totalRetryDelay is the time between attempts", async () => {
  aws.faults.add({ fault: "throttle", times: 1 });
  const policy = retry(handleAll, { maxAttempts: 1, backoff: new ConstantBackoff(30) });
  const { $metadata } = await client(policy).send(get());
  expect($metadata.totalRetryDelay).toBeGreaterThanOrEqual(29);
  expect($metadata.totalRetryDelay).toBeLessThan(5_000);
});

test("a selector is told the client, service, operation, region and account, once per call", async () => {
  const seen: CallDetails[] = [];
  const { credentials, ...config } = aws.clientConfig({ region: "eu-west-1", account: "444455556666" });
  const made = new SecretsManagerClient({
    ...config,
    credentials: async () => ({
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      accountId: "444455556666",
    }),
  });
  made.middlewareStack.use(
    policyPlugin((call) => {
      seen.push(call);
      return threeRetries();
    }),
  );
  aws.faults.add({ fault: "throttle", times: 1 });
  await made.send(new CreateSecretCommand({ Name: "x", SecretString: "y" }));
  expect(seen).toEqual([
    {
      client: "SecretsManagerClient",
      service: "SecretsManager",
      operation: "CreateSecret",
      region: "eu-west-1",
      accountId: "444455556666",
    },
  ]);
});

test("a breaker per region: the open one refuses without a request, the other works", async () => {
  const breakers = new Map<string | undefined, SdkPolicy>();
  const breakerOf = ({ region }: CallDetails): SdkPolicy => {
    const known = breakers.get(region);
    if (known !== undefined) return known;
    const made = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(2), halfOpenAfter: 60_000 });
    breakers.set(region, made);
    return made;
  };
  const plugin = policyPlugin(breakerOf);
  const [east, west] = ["us-east-1", "eu-west-1"].map((region) => {
    const made = new SecretsManagerClient(aws.clientConfig({ region }));
    made.middlewareStack.use(plugin);
    return made;
  });
  aws.faults.add({ fault: "outage", region: "us-east-1" });
  for (let i = 0; i < 2; i++) await expect(east?.send(get())).rejects.toThrow();
  await expect(east?.send(get())).rejects.toMatchObject({ isBrokenCircuitError: true });
  expect(aws.calls()).toHaveLength(2);
  await expect(west?.send(get())).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("what a policy falls back on becomes the output", async () => {
  aws.faults.add({ fault: "error", status: 500 });
  const output = await client(fallback(handleAll, { SecretString: "cached" })).send(get());
  expect(output).toEqual({ SecretString: "cached", $metadata: { attempts: 1, totalRetryDelay: 0 } });
});

test("expired credentials are renewed once, inside the attempt at hand", async () => {
  const { credentials, ...config } = aws.clientConfig();
  const handed: (boolean | undefined)[] = [];
  const made = new SecretsManagerClient({
    ...config,
    credentials: async (options?: { forceRefresh?: boolean }) => {
      handed.push(options?.forceRefresh);
      const expired = handed.length === 1;
      return expired
        ? { accessKeyId: "AKIA1", secretAccessKey: "secret" }
        : { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey };
    },
  });
  made.middlewareStack.use(policyPlugin(noop));
  aws.faults.add({ fault: "expired-credentials", when: ({ accessKeyId }) => accessKeyId === "AKIA1" });
  const output = await made.send(get());
  expect(output.SecretString).toBeDefined();
  expect(output.$metadata.attempts).toBe(2);
  expect(handed).toEqual([undefined, true]);
  expect(aws.calls().map(({ accessKeyId }) => accessKeyId)).toEqual(["AKIA1", credentials.accessKeyId]);
});

test("credentials that stay expired after renewal fail the call after one repeat", async () => {
  aws.faults.add({ fault: "expired-credentials" });
  const config = aws.clientConfig();
  let serial = 0;
  const made = new SecretsManagerClient({
    ...config,
    credentials: async () => ({ accessKeyId: `AKIA${++serial}`, secretAccessKey: "secret" }),
  });
  made.middlewareStack.use(policyPlugin(noop));
  await expect(made.send(get())).rejects.toMatchObject({ name: "ExpiredTokenException", $metadata: { attempts: 2 } });
});

test("fixed keys are not tried again: nothing about them can change", async () => {
  aws.faults.add({ fault: "expired-credentials" });
  await expect(client(noop).send(get())).rejects.toMatchObject({
    name: "ExpiredTokenException",
    $metadata: { attempts: 1 },
  });
});

test("calls that expire together renew once", async () => {
  const { credentials, ...config } = aws.clientConfig();
  let renewals = 0;
  const made = new SecretsManagerClient({
    ...config,
    credentials: async (options?: { forceRefresh?: boolean }) => {
      if (options?.forceRefresh === true) renewals += 1;
      return renewals === 0
        ? { accessKeyId: "AKIA1", secretAccessKey: "secret" }
        : { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey };
    },
  });
  made.middlewareStack.use(policyPlugin(noop));
  aws.faults.add({ fault: "expired-credentials", when: ({ accessKeyId }) => accessKeyId === "AKIA1" });
  await Promise.all(Array.from({ length: 20 }, () => made.send(get())));
  expect(renewals).toBe(1);
});

test("a clock that is off is corrected, and the policy's next attempt succeeds", async () => {
  aws.faults.add({ fault: "clock-skew", skewMs: 3_600_000 });
  const output = await client(threeRetries()).send(get());
  expect(output.$metadata.attempts).toBe(2);
});

test("an abort rejects at once with its reason, in the middle of a pause", async () => {
  aws.faults.add({ fault: "throttle" });
  const aborter = new AbortController();
  const policy = retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(600_000) });
  const sent = client(policy).send(get(), { abortSignal: aborter.signal });
  await vi.waitFor(() => expect(aws.calls()).toHaveLength(1), patient);
  aborter.abort(new Error("changed my mind"));
  await expect(sent).rejects.toThrow("changed my mind");
  expect(aws.calls()).toHaveLength(1);
});

test("a call that is aborted already sends nothing", async () => {
  const sent = client(threeRetries()).send(get(), { abortSignal: AbortSignal.abort(new Error("no")) });
  await expect(sent).rejects.toThrow("no");
  expect(aws.calls()).toHaveLength(0);
});

test("a second policy on one client is refused, and says what to do", () => {
  const made = client(noop);
  expect(() => made.middlewareStack.use(policyPlugin(noop))).toThrow(OptionError);
  expect(() => made.middlewareStack.use(policyPlugin(noop))).toThrow(/compose\(\)/);
});

test("a client that has a retryStrategy as well is warned about, once", async () => {
  const warn = vi.fn();
  const strategy = new (class Mine {
    async acquireInitialRetryToken(): Promise<never> {
      throw new Error("must not run");
    }
    async refreshRetryTokenForRetry(): Promise<never> {
      throw new Error("must not run");
    }
    recordSuccess(): void {}
  })();
  const made = new SecretsManagerClient({ ...aws.clientConfig(), retryStrategy: strategy });
  made.middlewareStack.use(policyPlugin(noop, { logger: { warn } }));
  await made.send(get());
  await made.send(get());
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/SecretsManagerClient .*retryStrategy \(Mine\)/);
});

test("a client with the SDK's default strategy is not warned about", async () => {
  const warn = vi.fn();
  const made = new SecretsManagerClient(aws.clientConfig());
  made.middlewareStack.use(policyPlugin(noop, { logger: { warn } }));
  await made.send(get());
  expect(warn).not.toHaveBeenCalled();
});

test("what is no policy is refused at once", () => {
  for (const policy of [{}, [noop], null, undefined, "retry"]) {
    expect(() => policyPlugin(policy as never)).toThrow(OptionError);
    expect(() => policyPlugin(policy as never)).toThrow(
      "Expected `policy` to be a policy (compose() makes one of several)",
    );
  }
});

test("a selector that picks none for a call rejects it, and sends nothing", async () => {
  const made = client((() => undefined) as never);
  const before = aws.totalCalls;
  await expect(made.send(get())).rejects.toThrow("Expected `policy` to be a policy for every call, from the function");
  expect(aws.totalCalls).toBe(before);
});

test("the user's per-operation middleware runs once, the per-attempt one at each attempt", async () => {
  aws.faults.add({ fault: "throttle", times: 2 });
  const made = client(threeRetries());
  const order: string[] = [];
  made.middlewareStack.add(
    (next) => (args) => {
      order.push("call");
      return next(args);
    },
    { step: "initialize", name: "perCall" },
  );
  const perAttempt: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (args) => {
    order.push("attempt");
    return next(args);
  };
  made.middlewareStack.addRelativeTo(perAttempt, {
    relation: "after",
    toMiddleware: "retryMiddleware",
    name: "perAttempt",
  });
  await made.send(get());
  expect(order).toEqual(["call", "attempt", "attempt", "attempt"]);
});

test("the policy sees errors as the service gave them; attempts are written on the last when the call ends", async () => {
  aws.faults.add({ fault: "error", status: 503 });
  const seen: (number | undefined)[] = [];
  const watching: SdkPolicy = {
    async execute(fn, signal = new AbortController().signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await fn({ signal });
        } catch (error) {
          seen.push((error as { $metadata: { attempts?: number } }).$metadata.attempts);
          if (attempt === 3) throw error;
        }
      }
    },
  };
  await expect(client(watching).send(get())).rejects.toMatchObject({ $metadata: { attempts: 3 } });
  expect(seen).toEqual([undefined, undefined, undefined]);
});
