import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { policyPlugin } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { adaptiveLimiter } from "@holdfast/limiter";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { constant, retry } from "@holdfast/retry";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  await new SecretsManagerClient(aws.clientConfig()).send(
    new CreateSecretCommand({ Name: "app/db", SecretString: "x" }),
  );
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

/** Retry around a circuit around the limiter, as the SDK's own retry loop; and what happened in them. */
function pipeline() {
  const limiter = adaptiveLimiter();
  const circuit = circuitBreaker({ consecutiveFailures: 5, openMs: 200 });
  const states: string[] = [];
  circuit.onStateChange(({ to }) => states.push(to));
  const again = retry({ maxAttempts: 20, backoff: constant({ delayMs: 0 }), whenCircuitOpen: "wait" });
  const client = new SecretsManagerClient(aws.clientConfig());
  client.middlewareStack.use(policyPlugin(compose(again, circuit, limiter)));
  return { limiter, states, get: () => client.send(new GetSecretValueCommand({ SecretId: "app/db" })) };
}

async function callManyTimes(call: () => Promise<unknown>, calls: number, workers: number): Promise<void> {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

test("throttling teaches the limiter and never trips the breaker, and no call fails", async () => {
  const { limiter, states, get } = pipeline();
  aws.faults.add({ fault: "rate-limit", perSecond: 100, burst: 20 });
  await callManyTimes(get, 200, 32);
  expect(states).toEqual([]);
  expect(limiter.snapshot().perSecond).toBeGreaterThan(60);
  expect(limiter.snapshot().perSecond).toBeLessThan(180);
  const refused = aws.calls({ errorCode: "ThrottlingException" }).length;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(60);
  expect(Object.keys(limiter.snapshot().scopes)).toEqual([
    expect.stringMatching(/^caller-\d+\/us-east-1\/SecretsManager\/GetSecretValue$/),
  ]);
});

test("an outage trips the breaker and teaches the limiter no wrong rate: it goes on at the one it knew", async () => {
  const { limiter, states, get } = pipeline();
  aws.faults.add({ fault: "rate-limit", perSecond: 100, burst: 20 });
  await callManyTimes(get, 150, 32);
  const known = limiter.snapshot().perSecond!;
  const outage = aws.faults.add({ fault: "outage", lastsMs: 800 });
  aws.clearCalls();
  await callManyTimes(get, 60, 32);
  expect(states[0]).toBe("open");
  expect(states.at(-1)).toBe("closed");
  expect(outage.applied).toBeLessThanOrEqual(20);
  expect(limiter.snapshot().perSecond! / known).toBeGreaterThan(0.6);
});
