import { attemptsOf } from "@holdfast/errors";
import { beginCall, silentLogger } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";
import { retryBudget } from "./retry-budget.ts";
import type { RetryOptions } from "./retry-options.ts";
import { timeout } from "./timeout.ts";

const refused = () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });

function nested(outer: RetryOptions, inner: RetryOptions) {
  const warn = vi.fn();
  const logger = { debug() {}, info() {}, warn, error() {} };
  const fn = vi.fn(() => Promise.reject(refused()));
  const innerPolicy = retry({ backoff: 0, name: "inner", logger, ...inner });
  const outerPolicy = retry({ backoff: 0, name: "outer", logger, ...outer });
  // The inner retry is reached through other code, as a library's would be.
  const library = async () => {
    await Promise.resolve();
    return innerPolicy.execute(fn);
  };
  return { fn, warn, run: () => outerPolicy.execute(library).catch((error: unknown) => error) };
}

describe("a retry inside a retry", () => {
  test("is noticed and said once", async () => {
    const { fn, warn, run } = nested({}, {});
    await run();
    await run();
    expect(fn).toHaveBeenCalledTimes(18);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/"inner" runs inside retry policy "outer"/)]]);
  });

  test("makes one attempt if the outer one says so, from the first on", async () => {
    const { fn, warn, run } = nested({ nested: "single" }, {});
    await run();
    expect(fn).toHaveBeenCalledTimes(3);
    expect(warn).not.toHaveBeenCalled();
  });

  test("shares the outer deadline", async () => {
    const { clock } = noWait();
    const { fn, run } = nested(
      { clock, maxElapsedMs: 2_500, maxAttempts: 1 },
      { clock, backoff: 1_000, maxAttempts: 10 },
    );
    const error = await run();
    expect(fn).toHaveBeenCalledTimes(3);
    expect(attemptsOf(error)?.stopReason).toBe("attempts");
  });

  test("pays from the outer budget once the outer is retrying", async () => {
    const budget = retryBudget({ style: "tokens", capacity: 42 });
    const { fn, run } = nested({ budget }, {});
    await run();
    // 3 calls, then one retry of the outer (14) whose inner retries cost 14 each: nothing is left for a third round.
    expect([fn.mock.calls.length, budget.level]).toEqual([6, 0]);
  });

  test("is told of a retry further out through one between them, which adds its deadline", async () => {
    const budget = retryBudget({ style: "tokens", capacity: 14 });
    const between = retry({ backoff: 0, maxElapsedMs: 60_000, maxAttempts: 1, logger: silentLogger });
    const inner = retry({ backoff: 0, logger: silentLogger });
    for (const [outer, attempts, level] of [
      [retry({ backoff: 0, maxAttempts: 1, nested: "single" }), 1, 1],
      [retry({ backoff: 0, maxAttempts: 1, maxElapsedMs: 60_000, budget }), 2, 0],
    ] as const) {
      const fn = vi.fn(() => Promise.reject(refused()));
      await outer.execute(() => between.execute(() => inner.execute(fn))).catch(() => {});
      expect([fn.mock.calls.length, budget.level]).toEqual([attempts, level]);
    }
  });

  test("leaves the storage empty, so that later calls need not look into it", async () => {
    await nested({}, {}).run();
    await nested({ nested: "single", maxElapsedMs: 1_000 }, {}).run();
    const holder = Reflect.get(globalThis, Symbol.for("holdfast.retry.ambient.1")) as { inside: number };
    expect(holder.inside).toBe(0);
  });

  test("sees nothing of a retry that is over, or that runs beside it", async () => {
    const { warn, run } = nested({}, { maxAttempts: 1 });
    const beside = retry({ backoff: 0, name: "beside" });
    await Promise.all([run(), beside.execute(() => Promise.reject(refused())).catch(() => {})]);
    await beside.execute(() => Promise.reject(refused())).catch(() => {});
    expect(warn.mock.calls.every(([message]) => !String(message).includes("beside"))).toBe(true);
  });
});

test("nothing begins past the deadline of a retry further out, or of the call", async () => {
  const clock = manualClock();
  const inner = retry({ clock });
  const fn = vi.fn(() => "late");
  const late = retry({ clock, maxElapsedMs: 100, maxAttempts: 1 }).execute(async () => {
    await clock.advance(100);
    return inner.execute(fn);
  });
  await expect(late).rejects.toMatchObject({ code: "ERR_TIMEOUT", timeoutMs: 0 });
  const call = beginCall((context) => inner.executeWithin(context, fn), { deadline: clock.now() });
  await expect(call).rejects.toMatchObject({ code: "ERR_TIMEOUT", timeoutMs: 0 });
  expect(fn).not.toHaveBeenCalled();
});

test("what an attempt leaves running is no part of it: deadline and attempts are its own again", async () => {
  const clock = manualClock();
  const inner = retry({ clock, backoff: 0 });
  const limited = timeout({ timeoutMs: 1_000, clock });
  const fn = vi.fn(() => Promise.reject(refused()));
  const outer = retry({ clock, maxElapsedMs: 300, nested: "single" });
  const [busy, wakes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const other = outer.execute(() => busy.promise); // so that there is a retry under way to look for
  let background: Promise<unknown> | undefined;
  await outer.execute(() => {
    background = wakes.promise.then(() => inner.execute(fn)).catch(() => limited.execute(() => "refreshed"));
  });
  await clock.advance(1_000);
  wakes.resolve();
  await expect(background).resolves.toBe("refreshed");
  expect(fn).toHaveBeenCalledTimes(3);
  busy.resolve();
  await other;
});

test.each([
  ["none", undefined],
  ["a later one", 4_000],
])(
  "a timeout that a retried function uses on its own keeps to the retry's deadline, with %s of its own",
  async (_, ownMs) => {
    const clock = manualClock();
    const limited = timeout({ timeoutMs: 5_000, clock });
    const deadline = ownMs === undefined ? undefined : clock.now() + ownMs;
    const hung = () => new Promise<never>(() => {});
    const outcome = retry({ clock, maxElapsedMs: 300, maxAttempts: 1 })
      .execute(() => beginCall((context) => limited.executeWithin(context, hung), { deadline }))
      .catch((error: unknown) => error);
    await clock.advance(300);
    await expect(outcome).resolves.toMatchObject({ code: "ERR_TIMEOUT", timeoutMs: 300 });
  },
);
