import { getEventListeners } from "node:events";
import { OptionError } from "@holdfast/errors";
import { beginCall, CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { hedge } from "./hedge.ts";
import { retryBudget } from "./retry-budget.ts";

/** A function whose nth call answers, or fails, after so many milliseconds. */
function answering(clock: ReturnType<typeof manualClock>, ...calls: (readonly [afterMs: number, answer: unknown])[]) {
  const signals: AbortSignal[] = [];
  const fn = vi.fn(({ signal, attempt }: CallContext) => {
    signals.push(signal);
    const [afterMs, answer] = calls[attempt - 1]!;
    return new Promise((resolve, reject) => {
      clock.setTimeout(() => (answer instanceof Error ? reject(answer) : resolve(answer)), afterMs);
    });
  });
  return { fn, signals };
}

describe("hedge", () => {
  test("asks once when the answer comes in time, and leaves no timer", async () => {
    const clock = manualClock();
    const { fn, signals } = answering(clock, [99, "first"]);
    const result = hedge({ delayMs: 100, clock }).execute(fn);
    await clock.advance(99);
    await expect(result).resolves.toBe("first");
    expect([fn.mock.calls.length, clock.pending, signals[0]?.aborted]).toEqual([1, 0, false]);
  });

  test("asks again after the delay, takes the first answer, and aborts the other", async () => {
    const clock = manualClock();
    const policy = hedge({ delayMs: 100, clock });
    const onHedge = vi.fn();
    policy.onHedge(onHedge);
    const { fn, signals } = answering(clock, [1_000, "first"], [50, "second"]);
    const result = policy.execute(fn);
    await clock.advance(150);
    await expect(result).resolves.toBe("second");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(onHedge.mock.calls).toEqual([[{ attempt: 2, waitedMs: 100, call: undefined }]]);
  });

  test("asks no oftener than told", async () => {
    const clock = manualClock();
    const { fn } = answering(clock, [500, "first"], [500, "second"], [500, "third"]);
    const result = hedge({ delayMs: 100, maxHedges: 2, clock }).execute(fn);
    await clock.advance(500);
    await expect(result).resolves.toBe("first");
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test("fails with the first error, once no call is left that may answer", async () => {
    const clock = manualClock();
    const [first, second] = [new Error("first"), new Error("second")];
    const { fn } = answering(clock, [150, first], [100, second]);
    const failed = vi.fn();
    hedge({ delayMs: 100, clock }).execute(fn).catch(failed);
    await clock.advance(199);
    expect(failed).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(failed).toHaveBeenCalledWith(first);
  });

  test("does not ask again after a failure: that is for a retry", async () => {
    const clock = manualClock();
    const error = new Error("first");
    const { fn } = answering(clock, [50, error]);
    const result = expect(hedge({ delayMs: 100, clock }).execute(fn)).rejects.toBe(error);
    await clock.advance(500);
    await result;
    expect([fn.mock.calls.length, clock.pending]).toEqual([1, 0]);
  });

  test("pays for each hedge from a budget, and does without if it is spent", async () => {
    const clock = manualClock();
    const budget = retryBudget({ style: "tokens", capacity: 20, successRefund: 0 });
    const policy = hedge({ delayMs: 100, maxHedges: 5, budget, clock });
    const { fn } = answering(clock, [400, 1], [400, 2]);
    const result = policy.execute(fn);
    await clock.advance(500);
    await expect(result).resolves.toBe(1);
    expect([fn.mock.calls.length, budget.denied]).toEqual([2, 1]);
  });

  test("gives the budget back what a hedge that helped cost, and its place, whatever came of it", async () => {
    const clock = manualClock();
    const tokens = retryBudget({ style: "tokens", capacity: 20 });
    const places = retryBudget({ style: "ratio", ratio: 0, minConcurrent: 1, clock });
    for (const budget of [tokens, places]) {
      for (const last of ["second", new Error("second")]) {
        const { fn } = answering(clock, [400, new Error("first")], [50, last]);
        const result = hedge({ delayMs: 100, budget, clock }).execute(fn);
        const settled = result.catch(() => {});
        await clock.advance(100);
        expect([fn.mock.calls.length, budget.denied]).toEqual([2, 0]);
        await clock.advance(400);
        await settled;
        if (last === "second") expect(budget.level).toBe(1);
      }
    }
    expect([tokens.level, places.level]).toEqual([6 / 20, 1]);
  });

  test("tells of each call once, with how long the answer took", async () => {
    const clock = manualClock();
    const policy = hedge({ delayMs: 100, clock });
    const told: unknown[] = [];
    policy.onSuccess((event) => told.push(event));
    policy.onFailure((event) => told.push(event));
    const answer = policy.execute(answering(clock, [1_000, "first"], [50, "second"]).fn);
    await clock.advance(150);
    await answer;
    const error = new Error("first");
    const failure = policy.execute(answering(clock, [30, error]).fn).catch(() => {});
    await clock.advance(30);
    await failure;
    expect(told).toEqual([{ duration: 150 }, { duration: 30, handled: false, reason: { error } }]);
  });

  test("an abort rejects with the caller's reason, aborts all calls, and stops hedging", async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const { fn, signals } = answering(clock, [500, 1], [500, 2], [500, 3]);
    const result = expect(hedge({ delayMs: 100, maxHedges: 2, clock }).execute(fn, controller.signal)).rejects.toBe(
      "stop",
    );
    await clock.advance(150);
    controller.abort("stop");
    await result;
    await clock.advance(1_000);
    expect(signals.map(({ reason }) => reason)).toEqual(["stop", "stop"]);
  });

  test("leaves nobody listening on the signal around it, though its function has read its own", async () => {
    const { signal } = new AbortController();
    const read = async (context: CallContext) => context.signal.aborted;
    await expect(hedge({ delayMs: 100 }).executeWithin(CallContext.root({ signal }), read)).resolves.toBe(false);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("makes one call where it cannot be made twice", async () => {
    const clock = manualClock();
    const { fn } = answering(clock, [500, 1]);
    const policy = hedge({ delayMs: 100, clock });
    const result = beginCall((context) => policy.executeWithin(context, fn), { call: { repeatable: false } });
    await clock.advance(500);
    await expect(result).resolves.toBe(1);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test("learns its delay from the last answers, once there are twenty", async () => {
    const clock = manualClock();
    const policy = hedge({ delayMs: 1_000, percentile: 0.9, clock });
    for (let ms = 1; ms <= 20; ms++) {
      expect(policy.delayMs).toBe(1_000);
      const result = policy.execute(answering(clock, [ms, ms]).fn);
      await clock.advance(ms);
      await result;
    }
    expect(policy.delayMs).toBe(18);
  });

  test("goes by the last hundred answers alone", async () => {
    const clock = manualClock();
    const policy = hedge({ delayMs: 1_000, percentile: 0.99, clock });
    for (let n = 1; n <= 250; n++) {
      const ms = n <= 150 ? 50 : 5;
      const result = policy.execute(answering(clock, [ms, n]).fn);
      await clock.advance(ms);
      await result;
      if (n === 249) expect(policy.delayMs).toBe(5); // the nearest 99 % leave out the one that is left
    }
    expect(policy.delayMs).toBe(5);
  });
});

test.each([
  { delayMs: -1 },
  { delayMs: 1, budget: null as never },
  { delayMs: 1, maxHedges: 0 },
  { delayMs: 1, percentile: 1 },
  { delayMs: 1, maxHedge: 2 },
])("refuses %o", (options) => {
  expect(() => hedge(options)).toThrow(OptionError);
});
