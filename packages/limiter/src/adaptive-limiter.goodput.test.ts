import { CallContext, type CallDetails } from "@holdfast/errors/policy";
import { type ManualClock, manualClock } from "@holdfast/errors/testing";
import { expect, test } from "vitest";
import { type AdaptiveLimiter, adaptiveLimiter } from "./adaptive-limiter.ts";

// The figures against real processes, beside the peers, are those of bench/limiter/goodput.bench.ts. Here the same
// limiter runs in virtual time: minutes of traffic in a fraction of a second, and the same at each run.

class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, httpStatusCode: number) {
    super(name);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

interface Limit {
  readonly perSecond: (now: number) => number;
  readonly burst: number;
  readonly latencyMs?: number;
  readonly fails?: (now: number, call: number) => boolean;
}

/** A server that throttles with a token bucket, and notes what it was asked. */
function throttlingServer(clock: ManualClock, { perSecond, burst, latencyMs = 5, fails = () => false }: Limit) {
  let tokens = burst;
  let at = clock.monotonic();
  const log = { askedAt: [] as number[], acceptedAt: [] as number[], throttled: 0, failed: 0 };
  const answer = () => {
    const now = clock.monotonic();
    log.askedAt.push(now);
    if (fails(now, log.askedAt.length)) {
      log.failed += 1;
      return new ServiceError("InternalServiceError", 500);
    }
    tokens = Math.min(burst, tokens + ((now - at) * perSecond(now)) / 1_000);
    at = now;
    if (tokens < 1) {
      log.throttled += 1;
      return new ServiceError("ThrottlingException", 400);
    }
    tokens -= 1;
    log.acceptedAt.push(now);
    return undefined;
  };
  const send = () =>
    new Promise<void>((resolve, reject) => {
      const error = answer();
      clock.setTimeout(() => (error === undefined ? resolve() : reject(error)), latencyMs);
    });
  return { log, send };
}

interface Work {
  readonly calls: number;
  readonly workers: number;
  readonly call?: CallDetails;
}

/** Workers that make calls one after the other and try each until it succeeds; resolves with how long each took. */
async function work(
  clock: ManualClock,
  limiter: AdaptiveLimiter,
  send: () => Promise<void>,
  { calls, workers, call }: Work,
): Promise<readonly number[]> {
  const durations: number[] = [];
  let left = calls;
  const one = async () => {
    const since = clock.monotonic();
    const root = CallContext.root({ call });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await limiter.executeWithin(root.withAttempt(attempt), send);
        durations.push(clock.monotonic() - since);
        return;
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  };
  const worker = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return durations;
}

/** Lets time pass until the promise settles. */
async function until<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) await clock.advance(50);
  return promise;
}

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)]!;

test("uses a limit it was not told, with few calls rejected and none kept waiting for long", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  const { log, send } = throttlingServer(clock, { perSecond: () => 200, burst: 50 });
  const durations = await until(clock, work(clock, limiter, send, { calls: 1_000, workers: 64 }));
  expect(log.acceptedAt.at(-1)! / ((950 / 200) * 1_000)).toBeLessThan(1.03);
  expect(log.throttled).toBeLessThan(50); // half of them while the limit is being found
  expect(percentile(durations, 0.99)).toBeLessThan((64 / 200) * 1_000 * 1.1);
  expect(clock.pending).toBe(0);
});

test("follows a limit down and up again", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  const perSecond = (now: number) => (now >= 2_000 && now < 7_000 ? 50 : 200);
  const { log, send } = throttlingServer(clock, { perSecond, burst: 50 });
  await until(clock, work(clock, limiter, send, { calls: 1_500, workers: 64 }));
  const acceptedIn = (from: number, to: number) => log.acceptedAt.filter((at) => at >= from && at < to).length;
  expect(acceptedIn(3_000, 7_000) / (4 * 50)).toBeGreaterThan(0.95);
  expect(acceptedIn(9_000, 10_000) / 200).toBeGreaterThan(0.9); // two seconds after its return
  expect(log.throttled / 1_500).toBeLessThan(0.06);
});

test("two limiters that know nothing of each other share a limit", async () => {
  const clock = manualClock();
  const { log, send } = throttlingServer(clock, { perSecond: () => 200, burst: 50 });
  const done = [0, 0];
  const halves = done.map((_, index) => {
    const counted = async () => {
      await send();
      done[index]! += 1;
    };
    return work(clock, adaptiveLimiter({ clock, random: () => 0.5 }), counted, { calls: 10_000, workers: 64 });
  });
  void halves;
  await clock.advance(18_000);
  expect(Math.max(...done) / Math.min(...done)).toBeLessThan(1.2);
  expect(log.acceptedAt.length / (50 + 18 * 200)).toBeGreaterThan(0.97);
});

test("sends few calls into an outage, and goes on at the rate it knew", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  const fails = (now: number) => now >= 3_000 && now < 13_000;
  const { log, send } = throttlingServer(clock, { perSecond: () => 200, burst: 50, fails });
  const all = work(clock, limiter, send, { calls: 1_500, workers: 64 });
  await clock.advance(2_999);
  const known = limiter.snapshot().perSecond!;
  await clock.advance(10_000);
  expect(limiter.snapshot().perSecond! / known).toBeCloseTo(1, 1);
  await until(clock, all);
  expect(log.askedAt.filter((at) => fails(at)).length).toBeLessThanOrEqual(20);
  expect(log.acceptedAt.find((at) => at >= 13_000)! - 13_000).toBeLessThanOrEqual(1_000);
  const inTheNextFiveSeconds = log.acceptedAt.filter((at) => at >= 13_000 && at < 18_000).length;
  expect(inTheNextFiveSeconds / (5 * 200)).toBeGreaterThan(0.82); // one second may pass before the probe
});

test("is not taken for an outage when some calls fail all the time", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  const fails = (_now: number, call: number) => (call * 7_919) % 100 < 20; // a fifth of them, spread
  const { log, send } = throttlingServer(clock, { perSecond: () => 200, burst: 50, fails });
  await until(clock, work(clock, limiter, send, { calls: 1_000, workers: 64 }));
  expect(log.acceptedAt.at(-1)! / ((950 / 200) * 1_000)).toBeLessThan(1.05);
});

test("one throttled operation does not slow another", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  const slow = throttlingServer(clock, { perSecond: () => 10, burst: 5 });
  const fast = throttlingServer(clock, { perSecond: () => 1_000_000, burst: 1_000_000 });
  const service = "SecretsManager";
  const both = Promise.all([
    work(clock, limiter, slow.send, { calls: 50, workers: 16, call: { service, operation: "PutSecretValue" } }),
    work(clock, limiter, fast.send, { calls: 500, workers: 4, call: { service, operation: "GetSecretValue" } }),
  ]);
  const [, durations] = await until(clock, both);
  expect(Math.max(...durations)).toBe(5); // the latency alone: not one of them waited
  expect(slow.log.acceptedAt.at(-1)! / 4_500).toBeLessThan(1.05);
});

test("uses a limit counted by windows of time", async () => {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0.5 });
  let window = -1;
  let left = 0;
  const accepted: number[] = [];
  const send = async () => {
    const now = clock.monotonic();
    if (Math.floor(now / 1_000) !== window) [window, left] = [Math.floor(now / 1_000), 100];
    const fits = left > 0;
    if (fits) {
      left -= 1;
      accepted.push(now);
    }
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 5));
    if (!fits) throw new ServiceError("TooManyRequestsException", 429);
  };
  await until(clock, work(clock, limiter, send, { calls: 1_000, workers: 32 }));
  expect(accepted.at(-1)!).toBeLessThan(11_000); // ten windows, and one to learn
});
