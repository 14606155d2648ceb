import { STSClient } from "@aws-sdk/client-sts";
import { circuitBreaker, circuitsByKey } from "@holdfast/circuit-breaker";
import { createClientFactory } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { adaptiveLimiter, bulkhead, rateLimiter } from "@holdfast/limiter";
import { startLocalAws } from "@holdfast/local-aws";
import { createMetrics, observe, policyMetrics } from "@holdfast/metrics";
import { memorySink } from "@holdfast/metrics/memory";
import { constant, fallback, hedge, retry, retryBudget, timeout } from "@holdfast/retry";
import { defineOperation, memoryStore, openJournal } from "@holdfast/rollback";
import * as cockatiel from "cockatiel";
import { expect, test } from "vitest";

function setUp() {
  const memory = memorySink();
  const metrics = createMetrics({
    definitions: policyMetrics,
    namespace: "Test",
    sinks: [memory],
    flushIntervalMs: 1e9,
  });
  return { memory, metrics };
}

const failing = () => Promise.reject(Object.assign(new Error("no"), { name: "ThrottlingException" }));
const swallow = (promise: Promise<unknown>) => promise.catch(() => undefined);

test("a retry policy: attempts, retries by kind of failure, pauses, giving up", async () => {
  const { memory, metrics } = setUp();
  const policy = retry({ maxAttempts: 3, backoff: constant({ delayMs: 1, jitter: "none" }) });
  observe(policy, { metrics, name: "r" });
  await swallow(policy.execute(failing));
  await policy.execute(() => "fine");
  await metrics.close();
  expect(memory.total("policyAttempts", { policy: "r" })).toBe(4);
  expect(memory.total("policyRetries", { policy: "r", reason: "throttling" })).toBe(2);
  expect(memory.total("policyGiveUps", { policy: "r", stopReason: "attempts" })).toBe(1);
  expect(memory.points("policyRetryDelay")[0]?.measurement).toMatchObject({ histogram: { count: 2 } });
  expect(memory.points("policyDuration", { policyKind: "retry", outcome: "success" })).toHaveLength(1);
});

test("a retry policy: one duration a call, its attempts and pauses included", async () => {
  const { memory, metrics } = setUp();
  const clock = manualClock();
  const policy = retry({ maxAttempts: 3, backoff: 5, clock });
  observe(policy, { metrics, name: "r" });
  const durations = (outcome: string) =>
    memory.points("policyDuration", { policy: "r", outcome }).map(({ measurement }) => measurement);
  const takes30Ms = (failures: number) => async () => {
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, 30));
    if (failures-- > 0) await failing();
  };
  await Promise.all([policy.execute(takes30Ms(2)), clock.advance(200)]);
  await Promise.all([swallow(policy.execute(takes30Ms(3))), clock.advance(200)]);
  await metrics.close();
  expect(durations("success")).toMatchObject([{ histogram: { count: 1, sum: 100 } }]);
  expect(durations("failure")).toMatchObject([{ histogram: { count: 1, sum: 100 } }]);
});

test("a retry budget: what is left, and what it refused", async () => {
  const { memory, metrics } = setUp();
  const budget = retryBudget({ style: "tokens", capacity: 5, name: "b" });
  observe(budget, { metrics, name: "b" });
  const policy = retry({ maxAttempts: 5, backoff: constant({ delayMs: 1, jitter: "none" }), budget });
  for (let call = 0; call < 3; call++) await swallow(policy.execute(failing));
  await metrics.close();
  expect(memory.total("retryBudgetDenied", { policy: "b" })).toBe(budget.denied);
  expect(budget.denied).toBeGreaterThan(0);
  expect(memory.points("retryBudgetLevel").at(-1)?.measurement).toMatchObject({ sum: budget.level });
});

test("a circuit: that it is open, how it changed, what it refused", async () => {
  const { memory, metrics } = setUp();
  const circuit = circuitBreaker({ name: "c", consecutiveFailures: 2 });
  observe(circuit, { metrics, name: "c" });
  const broken = () =>
    Promise.reject(Object.assign(new Error("no"), { $metadata: { httpStatusCode: 500 }, $fault: "server" }));
  for (let call = 0; call < 4; call++) await swallow(circuit.execute(broken));
  await metrics.flush();
  expect(memory.total("circuitOpen", { policy: "c" })).toBe(1);
  expect(memory.total("circuitChanges", { policy: "c", fromState: "closed", toState: "open" })).toBe(1);
  expect(memory.total("circuitRejections", { policy: "c" })).toBe(2);
});

test("circuits by key: how many are open", async () => {
  const { memory, metrics } = setUp();
  const circuits = circuitsByKey({ consecutiveFailures: 1, key: (call) => call.region ?? "-" });
  observe(circuits, { metrics, name: "all" });
  const broken = () =>
    Promise.reject(Object.assign(new Error("no"), { $metadata: { httpStatusCode: 500 }, $fault: "server" }));
  for (const region of ["eu-west-1", "eu-west-2"]) await swallow(circuits.get({ region }).execute(broken));
  await circuits.get({ region: "eu-west-3" }).execute(() => "fine");
  await metrics.flush();
  expect(memory.total("circuitOpen", { policy: "all" })).toBe(2);
  expect(memory.total("circuitChanges", { policy: "all", toState: "open" })).toBe(2);
});

test("bulkhead, rate limiter and adaptive limiter: refusals, waits, rate and calls in flight", async () => {
  const { memory, metrics } = setUp();
  const [heads, rates, adaptive] = [
    bulkhead({ maxConcurrent: 1, maxQueued: 0 }),
    rateLimiter({ perSecond: 1_000, burst: 5 }),
    adaptiveLimiter(),
  ];
  observe(heads, { metrics, name: "bulkhead" });
  observe(rates, { metrics, name: "rate" });
  observe(adaptive, { metrics, name: "adaptive" });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = heads.execute(() => promise);
  await swallow(heads.execute(() => "refused"));
  await metrics.flush();
  expect(memory.total("limiterInFlight", { policy: "bulkhead" })).toBe(1);
  resolve();
  await first;
  await rates.execute(() => "fine");
  await swallow(adaptive.execute(failing));
  await metrics.close();
  expect(memory.total("limiterRejections", { policy: "bulkhead" })).toBe(1);
  expect(memory.points("limiterWait", { policy: "rate" })[0]?.measurement).toMatchObject({ histogram: { count: 1 } });
  expect(memory.total("limiterThrottles", { policy: "adaptive" })).toBe(1);
});

test("timeout, hedge and fallback", async () => {
  const { memory, metrics } = setUp();
  const limit = timeout({ timeoutMs: 5 });
  const twice = hedge({ delayMs: 1, maxHedges: 1 });
  const instead = fallback({ to: () => "instead" });
  for (const policy of [limit, twice, instead]) observe(policy, { metrics, name: policy.kind });
  let calls = 0;
  await swallow(limit.execute(() => new Promise(() => {})));
  await twice.execute(() => (++calls === 1 ? new Promise(() => {}) : Promise.resolve("the second")));
  await instead.execute(failing);
  await metrics.close();
  expect(memory.total("policyTimeouts", { policy: "timeout" })).toBe(1);
  expect(memory.total("policyHedges", { policy: "hedge" })).toBe(1);
  expect(memory.total("policyFallbacks", { policy: "fallback" })).toBe(1);
});

test("a composition is observed part by part, and disposing detaches from all of them", async () => {
  const { memory, metrics } = setUp();
  const policy = compose(
    retry({ maxAttempts: 2, backoff: constant({ delayMs: 1, jitter: "none" }) }),
    circuitBreaker({ consecutiveFailures: 1 }),
    timeout({ timeoutMs: 1_000 }),
  );
  const observed = observe(policy, { metrics, name: "whole" });
  await policy.execute(() => "fine");
  observed.dispose();
  await policy.execute(() => "unseen");
  await metrics.flush();
  for (const policyKind of ["retry", "circuit-breaker", "timeout"]) {
    expect(memory.points("policyDuration", { policyKind, outcome: "success" })[0]?.measurement).toMatchObject({
      histogram: { count: 1 },
    });
  }
  expect(metrics.health().series).toBe(0);
});

test("cockatiel's own policies", async () => {
  const { memory, metrics } = setUp();
  const again = cockatiel.retry(cockatiel.handleAll, { maxAttempts: 2, backoff: new cockatiel.ConstantBackoff(1) });
  const breaker = cockatiel.circuitBreaker(cockatiel.handleAll, {
    halfOpenAfter: 10_000,
    breaker: new cockatiel.ConsecutiveBreaker(3),
  });
  const limit = cockatiel.bulkhead(1, 0);
  const slow = cockatiel.timeout(5, cockatiel.TimeoutStrategy.Aggressive);
  observe(cockatiel.wrap(again, breaker), { metrics, name: "wrapped" });
  observe(limit, { metrics, name: "limit" });
  observe(slow, { metrics, name: "slow" });
  await swallow(cockatiel.wrap(again, breaker).execute(failing));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = limit.execute(() => promise);
  await swallow(limit.execute(() => "refused"));
  resolve();
  await first;
  await swallow(slow.execute(() => new Promise(() => {})));
  await metrics.close();
  expect(memory.total("policyRetries", { policy: "wrapped" })).toBe(2);
  expect(memory.total("policyGiveUps", { policy: "wrapped" })).toBe(1);
  expect(memory.total("circuitChanges", { policy: "wrapped", fromState: "closed", toState: "open" })).toBe(1);
  expect(memory.total("limiterRejections", { policy: "limit" })).toBe(1);
  expect(memory.total("policyTimeouts", { policy: "slow" })).toBe(1);
});

test("a client factory: its clients and its credentials", async () => {
  const { memory, metrics } = setUp();
  await using local = await startLocalAws({
    roles: [{ account: "222222222222", name: "reader", trusts: ["111122223333"] }],
  });
  await using factory = createClientFactory({ ...local.clientConfig() });
  observe(factory, { metrics, name: "factory" });
  const role = factory.assumeRole({ roleArn: "arn:aws:iam::222222222222:role/reader" });
  await role.validateCredentials();
  factory.client(STSClient);
  await metrics.flush();
  expect(memory.total("factoryClientsMade", { policy: "factory" })).toBeGreaterThanOrEqual(1);
  expect(memory.total("credentialRefreshes", { policy: "factory", outcome: "success" })).toBeGreaterThanOrEqual(1);
  expect(memory.total("factoryClients", { policy: "factory" })).toBeGreaterThanOrEqual(1);
});

test("a journal: transactions, steps, and what waits for a person", async () => {
  const { memory, metrics } = setUp();
  let undos = 0;
  const write = defineOperation<string>({
    name: "write",
    version: 1,
    class: "undoable",
    apply: () => undefined,
    compensate: (input) => {
      undos++;
      if (input === "stuck") throw new Error("cannot");
    },
  });
  const journal = await openJournal({ store: memoryStore(), operations: [write], undo: { maxAttempts: 1 } });
  observe(journal, { metrics, name: "journal" });
  for (const [input, end] of [
    ["kept", "commit"],
    ["undone", "rollback"],
    ["stuck", "rollback"],
  ] as const) {
    const transaction = await journal.begin(input);
    await transaction.run(write, input);
    await (end === "commit" ? transaction.commit() : transaction.rollback("test"));
  }
  await metrics.flush();
  await journal.close();
  const changes = (change: string) => memory.total("journalTransactions", { policy: "journal", change });
  expect(["begun", "committed", "rolled-back", "parked"].map(changes)).toEqual([3, 1, 1, 1]);
  expect(memory.total("journalParked", { policy: "journal" })).toBe(1);
  expect(memory.total("journalSteps", { operation: "write", change: "done" })).toBe(3);
  expect(memory.total("journalSteps", { operation: "write", change: "undone" })).toBe(1);
  expect(undos).toBe(2);
});

test("a circuit that probes is not an open one", async () => {
  const { memory, metrics } = setUp();
  const clock = manualClock();
  const circuit = circuitBreaker({ consecutiveFailures: 1, openMs: 1_000, clock });
  observe(circuit, { metrics, name: "c" });
  const down = () => Promise.reject(Object.assign(new Error("no"), { name: "ServiceUnavailable" }));
  await swallow(circuit.execute(down));
  await metrics.flush();
  expect(memory.total("circuitOpen", { policy: "c" })).toBe(1);
  await clock.advance(5_000);
  let answer = () => {};
  const probe = circuit.execute(() => new Promise<void>((resolve) => (answer = resolve)));
  await metrics.flush();
  expect(circuit.state).toBe("half-open");
  expect(memory.total("circuitOpen", { policy: "c" })).toBe(0);
  answer();
  await probe;
  await metrics.close();
});
