import { compose } from "@holdfast/errors";
import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { handleAll, type IPolicy, retry, wrap } from "cockatiel";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type RateLimiterOptions, rateLimiter } from "./rate-limiter.ts";

function limited(options: RateLimiterOptions) {
  const clock = manualClock();
  const policy = rateLimiter({ clock, ...options });
  const ranAt: [name: string, at: number][] = [];
  const run = (name: string, signal?: AbortSignal) =>
    policy.execute(() => {
      ranAt.push([name, clock.monotonic()]);
      return name;
    }, signal);
  return { clock, policy, ranAt, run };
}

test("lets a burst through at once and the rest at the rate, in the order they came", async () => {
  const { clock, policy, ranAt, run } = limited({ perSecond: 10, burst: 2 });
  const results = ["a", "b", "c", "d"].map((name) => run(name));
  await clock.advance(99);
  expect(ranAt).toEqual([
    ["a", 0],
    ["b", 0],
  ]);
  expect(policy.snapshot()).toEqual({ perSecond: 10, inFlight: 0, waiting: 2, longestWaitMs: 99 });
  await clock.advance(101);
  expect(ranAt.slice(2)).toEqual([
    ["c", 100],
    ["d", 200],
  ]);
  await expect(Promise.all(results)).resolves.toEqual(["a", "b", "c", "d"]);
  expect(clock.pending).toBe(0);
});

test("keeps no more tokens than the burst, however long it is quiet", async () => {
  const { clock, ranAt, run } = limited({ perSecond: 10, burst: 3 });
  await clock.advance(60_000);
  for (const name of ["a", "b", "c", "d"]) void run(name);
  await clock.advance(99);
  expect(ranAt).toHaveLength(3);
  await clock.advance(1);
  expect(ranAt).toHaveLength(4);
});

test("in no stretch of time lets through more than the burst and what came in", async () => {
  const arrivals = fc.array(fc.nat(400), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      arrivals,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 5 }),
      async (gaps, perSecond, burst) => {
        const { clock, ranAt, run } = limited({ perSecond, burst });
        const results: Promise<string>[] = [];
        for (const gap of gaps) {
          results.push(run("x"));
          await clock.advance(gap);
        }
        await clock.advance((gaps.length / perSecond) * 1_000 + gaps.length);
        await Promise.all(results);
        for (const [first, [, from]] of ranAt.entries()) {
          for (const [last, [, to]] of ranAt.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1_000 + 1e-6);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("refuses at once a call that would wait too long, and says when to come again", async () => {
  const { policy, run } = limited({ perSecond: 10, burst: 1, maxWaitMs: 150 });
  const refused = vi.fn();
  policy.onReject(refused);
  void run("a");
  void run("b");
  await expect(run("c")).rejects.toMatchObject({
    code: "ERR_LIMIT_REACHED",
    reason: "waited-too-long",
    retryAfterMs: 200,
    waiting: 1,
  });
  expect(refused).toHaveBeenCalledExactlyOnceWith({ reason: "waited-too-long" });
});

test("refuses at once a call whose deadline comes before its turn, and runs one whose turn comes first", async () => {
  const { clock, policy, run } = limited({ perSecond: 10, burst: 1 });
  void run("a");
  const within = (ms: number) => policy.executeWithin(CallContext.root({ deadline: clock.now() + ms }), () => "value");
  await expect(within(99)).rejects.toMatchObject({ reason: "deadline", retryAfterMs: 100 });
  const soon = within(100);
  await clock.advance(100);
  await expect(soon).resolves.toBe("value");
});

test("refuses instead of waiting with maxQueued 0", async () => {
  const { run } = limited({ perSecond: 10, maxQueued: 0 });
  await expect(run("a")).resolves.toBe("a");
  await expect(run("b")).rejects.toMatchObject({ reason: "queue-full", retryAfterMs: 100 });
});

test("a call given up in the queue leaves its turn to the next", async () => {
  const { clock, ranAt, run } = limited({ perSecond: 10 });
  const controller = new AbortController();
  void run("a");
  const given = run("b", controller.signal);
  const next = run("c");
  controller.abort(new Error("given up"));
  await expect(given).rejects.toThrow("given up");
  await clock.advance(100);
  await expect(next).resolves.toBe("c");
  expect(ranAt).toEqual([
    ["a", 0],
    ["c", 100],
  ]);
});

describe("a cost", () => {
  test("takes as many tokens as the call weighs", async () => {
    const costs = new Map([
      ["light", 1],
      ["heavy", 5],
    ]);
    const { clock, policy } = limited({
      perSecond: 10,
      burst: 5,
      cost: (context) => costs.get(context.call?.operation ?? "")!,
    });
    const ran: string[] = [];
    const run = (operation: string) =>
      policy.executeWithin(CallContext.root({ call: { operation } }), () => void ran.push(operation));
    void run("heavy");
    void run("light");
    void run("heavy");
    await clock.advance(100);
    expect(ran).toEqual(["heavy", "light"]);
    await clock.advance(499);
    expect(ran).toHaveLength(2);
    await clock.advance(1);
    expect(ran).toEqual(["heavy", "light", "heavy"]);
  });

  test("above the burst could never be paid, and is an error", async () => {
    const { policy } = limited({ perSecond: 10, burst: 2, cost: () => 3 });
    await expect(policy.execute(() => "never")).rejects.toThrow(
      "Expected `cost` to be a number from 0 to the burst of 2, got 3",
    );
  });
});

describe("a reservation", () => {
  test("says how long until its tokens are there, behind those who wait", async () => {
    const { clock, policy, ranAt, run } = limited({ perSecond: 10 });
    void run("a");
    void run("b");
    expect(policy.reserve().waitMs).toBe(200);
    void run("c");
    await clock.advance(300);
    expect(ranAt).toEqual([
      ["a", 0],
      ["b", 100],
      ["c", 300],
    ]);
  });

  test.each([50, 100])("gives its tokens back when it is cancelled after %i ms, once", async (afterMs) => {
    const { clock, policy } = limited({ perSecond: 10, burst: 2 });
    const first = policy.reserve(2);
    expect(first.waitMs).toBe(0);
    const second = policy.reserve();
    expect(second.waitMs).toBe(100);
    await clock.advance(afterMs);
    second.cancel();
    second.cancel();
    await clock.advance(100 - afterMs);
    expect(policy.tryTake()).toBe(true);
    expect(policy.tryTake()).toBe(false);
    first.cancel();
    expect(policy.tryTake(2)).toBe(true);
  });
});

test("what is taken or reserved is no call of the limiter's", async () => {
  const { clock, policy } = limited({ perSecond: 10, burst: 1 });
  expect(policy.tryTake()).toBe(true);
  policy.reserve();
  await clock.advance(100);
  expect(policy.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
});

test("a call given up when it has been let in and not yet made gives its tokens back", async () => {
  const { policy, run, ranAt } = limited({ perSecond: 1, burst: 1 });
  const reservation = policy.reserve();
  const controller = new AbortController();
  const given = run("given up", controller.signal);
  reservation.cancel(); // lets it in
  controller.abort(new Error("changed my mind"));
  await expect(given).rejects.toThrow("changed my mind");
  expect(ranAt).toEqual([]);
  expect(policy.tryTake()).toBe(true);
});

test("goes inside cockatiel's wrap and around it, and inside compose", async () => {
  const again = retry(handleAll, { maxAttempts: 1 });
  const ours = (): IPolicy => rateLimiter({ perSecond: 1_000, burst: 10 });
  const operation = vi.fn().mockRejectedValueOnce(new Error("once")).mockResolvedValue("value");
  await expect(wrap(again, ours()).execute(operation)).resolves.toBe("value");
  await expect(wrap(ours(), again).execute(() => "value")).resolves.toBe("value");
  await expect(compose(again, rateLimiter({ perSecond: 1_000 })).execute(() => "value")).resolves.toBe("value");
  await expect(compose(rateLimiter({ perSecond: 1_000 }), again).execute(() => "value")).resolves.toBe("value");
});

test.each([
  [{ perSecond: 0 }, "Expected `perSecond` to be a finite number above 0, got 0"],
  [{ perSecond: Number.NaN }, "Expected `perSecond`"],
  [{ perSecond: 1, burst: 0.5 }, "Expected `burst` to be a finite number ≥ 1, got 0.5"],
  [{ perSecond: 1, cost: 2 as never }, "Expected `cost` to be a function, got 2"],
  [{ perSecond: 1, perSeconds: 1 } as never, "Expected `perSeconds` to be left out: the options of rateLimiter() are"],
])("says at construction what is wrong with %o", (options, message) => {
  expect(() => rateLimiter(options)).toThrow(message);
});
