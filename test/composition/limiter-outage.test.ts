import { circuitBreaker } from "@holdfast/circuit-breaker";
import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { adaptiveLimiter } from "@holdfast/limiter";
import { exponential, retry } from "@holdfast/retry";
import { expect, test } from "vitest";

class ServiceError extends Error {
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, httpStatusCode: number) {
    super(name);
    this.name = name;
    this.$fault = httpStatusCode >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode };
  }
}

/** Sixty calls by sixteen workers; from 0.4 s to 3.4 s the service is down; then it lets 40 calls a second through. */
async function replicateThroughAnOutage(chance: number) {
  const clock = manualClock();
  const random = () => chance;
  const limiter = adaptiveLimiter({ clock, random });
  const circuit = circuitBreaker({
    clock,
    random,
    consecutiveFailures: 5,
    openMs: { initialMs: 500, factor: 1.5, maxMs: 5_000, jitterRatio: 0 },
  });
  // The limiter paces retries and probes: a long back-off on top would only make stragglers.
  const backoff = exponential({ baseMs: 20, maxMs: 200 });
  const again = retry({ clock, random, backoff, maxAttempts: 12, whenCircuitOpen: "wait" });
  const pipeline = compose(again, circuit, limiter);
  const states: [state: string, at: number][] = [];
  circuit.onStateChange(({ to }) => states.push([to, clock.monotonic()]));
  let [tokens, refilledAt, sentIntoOutage] = [10, 0, 0];
  const succeededAt: number[] = [];
  const answer = () => {
    const now = clock.monotonic();
    if (now >= 400 && now < 3_400) {
      sentIntoOutage += 1;
      return new ServiceError("ServiceUnavailableException", 503);
    }
    tokens = Math.min(10, tokens + ((now - refilledAt) * 40) / 1_000);
    refilledAt = now;
    if (tokens < 1) return new ServiceError("ThrottlingException", 400);
    tokens -= 1;
    succeededAt.push(now);
    return undefined;
  };
  const send = () =>
    new Promise<void>((resolve, reject) => {
      const error = answer();
      clock.setTimeout(() => (error === undefined ? resolve() : reject(error)), 5);
    });
  let [left, done] = [60, false];
  const worker = async () => {
    while (left-- > 0) await pipeline.execute(send);
  };
  const all = Promise.all(Array.from({ length: 16 }, worker)).then(() => (done = true));
  await clock.advance(399);
  const known = limiter.snapshot().perSecond!;
  await clock.advance(3_001);
  const resumed = limiter.snapshot().perSecond!;
  while (!done) await clock.advance(50);
  await all;
  return { known, resumed, states, succeededAt, sentIntoOutage };
}

test.each([0, 0.5, 0.999])(
  "through an outage, with chance %d: the rate is kept, and the rest is done as fast as the limit allows",
  async (chance) => {
    const { known, resumed, states, succeededAt, sentIntoOutage } = await replicateThroughAnOutage(chance);
    expect(known).toBeGreaterThan(30);
    expect(known).toBeLessThan(80);
    expect(resumed / known).toBeCloseTo(1, 1);
    expect(sentIntoOutage).toBeLessThanOrEqual(20);
    expect(states[0]![0]).toBe("open");
    expect(states.at(-1)![0]).toBe("closed");
    const [first] = succeededAt.filter((at) => at >= 3_400);
    const rest = succeededAt.filter((at) => at >= 3_400).length;
    expect(first! - 3_400).toBeLessThan(1_000);
    const idealMs = ((rest - 10) / 40) * 1_000; // the bucket is full again
    expect(succeededAt.at(-1)! - first! - idealMs).toBeLessThan(300);
  },
);
