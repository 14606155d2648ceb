import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { policyPlugin } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { adaptiveLimiter } from "@holdfast/limiter";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { constant, retry } from "@holdfast/retry";
import { afterEach, beforeEach, expect, test } from "vitest";

// One clock for the policies and the endpoint, which stands still while a request is under way: rates are exact on any machine.
let clock: ReturnType<typeof manualClock>;
let aws: LocalAws;
beforeEach(async () => {
  clock = manualClock(Date.now()); // requests are signed by the SDK's own
  aws = await startLocalAws({ quotas: false, clock });
  await new SecretsManagerClient(aws.clientConfig()).send(
    new CreateSecretCommand({ Name: "app/db", SecretString: "x" }),
  );
  aws.clearCalls();
});
afterEach(() => aws.close());

/** Retry around a circuit around the limiter, as the SDK's own retry loop; and what happened in them. */
function pipeline() {
  const random = () => 0.5;
  const limiter = adaptiveLimiter({ clock, random });
  const circuit = circuitBreaker({ clock, random, consecutiveFailures: 5, openMs: 200 });
  const states: string[] = [];
  circuit.onStateChange(({ to }) => states.push(to));
  const again = retry({ clock, random, maxAttempts: 20, backoff: constant({ delayMs: 0 }), whenCircuitOpen: "wait" });
  const client = new SecretsManagerClient(aws.clientConfig());
  client.middlewareStack.use(policyPlugin(compose(again, circuit, limiter)));
  const callManyTimes = async (calls: number, workers: number) => {
    let [left, working] = [calls, workers];
    const worker = async () => {
      while (left-- > 0) await client.send(new GetSecretValueCommand({ SecretId: "app/db" }));
    };
    const done = Promise.all(Array.from({ length: workers }, () => worker().finally(() => working--)));
    while (working > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (limiter.snapshot().inFlight === 0) await clock.advance(1);
    }
    await done;
  };
  return { limiter, states, callManyTimes };
}

test("throttling teaches the limiter and never trips the breaker, and no call fails", async () => {
  const { limiter, states, callManyTimes } = pipeline();
  aws.faults.add({ fault: "rate-limit", perSecond: 100, burst: 20 });
  await callManyTimes(200, 32);
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
  const { limiter, states, callManyTimes } = pipeline();
  aws.faults.add({ fault: "rate-limit", perSecond: 100, burst: 20 });
  await callManyTimes(150, 32);
  const known = limiter.snapshot().perSecond!;
  const outage = aws.faults.add({ fault: "outage", lastsMs: 800 });
  aws.clearCalls();
  await callManyTimes(60, 32);
  expect(states[0]).toBe("open");
  expect(states.at(-1)).toBe("closed");
  expect(outage.applied).toBeLessThanOrEqual(20);
  expect(limiter.snapshot().perSecond! / known).toBeGreaterThan(0.6);
});
