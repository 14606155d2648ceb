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

interface Outage {
  /** What `random` gives. */
  readonly chance: number;
  readonly lastsMs: number;
  /** How long the circuit stays open at first. */
  readonly openMs: number;
}

/** Sixty calls by sixteen workers; 0.4 s on, the service is down for some time; then it lets 40 calls a second through. */
async function replicateThrough({ chance, lastsMs, openMs }: Outage) {
  const endsAt = 400 + lastsMs;
  const clock = manualClock();
  const random = () => chance;
  const limiter = adaptiveLimiter({ clock, random });
  const circuit = circuitBreaker({
    clock,
    random,
    consecutiveFailures: 5,
    halfOpen: { others: "queue" }, // whoever is refused meanwhile would wait the whole open time again
    openMs: { initialMs: openMs, factor: 1.5, maxMs: 5_000, jitterRatio: 0 },
  });
  // The limiter paces retries and probes: a long back-off on top would only make stragglers.
  const backoff = exponential({ baseMs: 20, maxMs: 200 });
  const uncounted = (_: unknown, { kind }: { readonly kind: string }) => kind === "circuit-open"; // nothing was sent
  const again = retry({ clock, random, backoff, maxAttempts: 12, whenCircuitOpen: "wait", uncounted });
  const pipeline = compose(again, circuit, limiter);
  const states: [state: string, at: number][] = [];
  circuit.onStateChange(({ to }) => states.push([to, clock.monotonic()]));
  let [tokens, refilledAt] = [10, 0];
  const [sentAt, succeededAt]: [number[], number[]] = [[], []];
  const answer = () => {
    const now = clock.monotonic();
    sentAt.push(now);
    if (now >= 400 && now < endsAt) return new ServiceError("ServiceUnavailableException", 503);
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
  const all = Promise.all(Array.from({ length: 16 }, worker)).finally(() => (done = true));
  all.catch(() => {}); // it is awaited below
  await clock.advance(399);
  const known = limiter.snapshot().perSecond!;
  await clock.advance(lastsMs + 1);
  const resumed = limiter.snapshot().perSecond!;
  while (!done) await clock.advance(50);
  await all;
  return { endsAt, known, resumed, states, sentAt, succeededAt };
}

const outages: readonly Outage[] = [0, 0.5, 0.999].flatMap((chance) => [
  { chance, lastsMs: 3_000, openMs: 500 },
  { chance, lastsMs: 3_000, openMs: 200 },
  { chance, lastsMs: 10_000, openMs: 500 },
  { chance, lastsMs: 10_000, openMs: 200 },
]);

test.each(outages)(
  "through an outage (%o) the rate is kept, and the rest is done as fast as the limit allows",
  async (outage) => {
    const { endsAt, known, resumed, states, sentAt, succeededAt } = await replicateThrough(outage);
    expect(known).toBeGreaterThan(30);
    expect(known).toBeLessThan(80);
    expect(resumed / known).toBeCloseTo(1, 1);
    expect(sentAt.filter((at) => at >= 400 && at < endsAt).length).toBeLessThanOrEqual(20);
    expect(states[0]![0]).toBe("open");
    expect(states.at(-1)![0]).toBe("closed");
    const [first] = succeededAt.filter((at) => at >= endsAt);
    const rest = succeededAt.filter((at) => at >= endsAt).length;
    expect(first! - endsAt).toBeLessThan(1_000);
    const idealMs = ((rest - 10) / 40) * 1_000; // the bucket is full again
    expect(succeededAt.at(-1)! - states.at(-1)![1] - idealMs).toBeLessThan(100); // since the circuit closed
  },
);

test.each(outages)("a probe of the circuit goes at once, whenever the limiter's own would (%o)", async (outage) => {
  const { states, sentAt } = await replicateThrough(outage);
  const halfOpenAt = states.filter(([state]) => state === "half-open").map(([, at]) => at);
  expect(halfOpenAt.length).toBeGreaterThan(1);
  for (const at of halfOpenAt) {
    const sent = sentAt.find((time) => time >= at)!;
    expect(sent - at).toBeLessThanOrEqual(1_000 / 40); // at the rate known: most at once
  }
});
