import { attemptsOf, compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { constant } from "./constant.ts";
import { failingWith, throttled, transient, watch } from "./failures.fixture.ts";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";
import type { RetryOptions } from "./retry-options.ts";
import { timeout } from "./timeout.ts";

const failing = (...errors: unknown[]) => vi.fn(failingWith(...errors));
const always = (error: unknown) => vi.fn(() => Promise.reject(error));

describe("a pause", () => {
  test("is what the back-off says, to the millisecond", async () => {
    const clock = manualClock();
    const fn = failing(transient(), transient());
    const result = retry({ clock, backoff: constant({ delayMs: 1_000 }) }).execute(fn);
    await clock.advance(999);
    expect(fn).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(fn).toHaveBeenCalledTimes(2);
    await clock.advance(1_000);
    await expect(result).resolves.toBe("value");
    expect(clock.pending).toBe(0);
  });

  test("of zero takes no timer", async () => {
    const clock = manualClock();
    await expect(retry({ clock, backoff: 0 }).execute(failing(transient(), transient()))).resolves.toBe("value");
  });

  test("after throttling is the longer one", async () => {
    const { clock, random } = noWait();
    await retry({ clock, random }).execute(failing(transient(), throttled()));
    expect(clock.waits).toEqual([49, 1_999]);
  });

  test.each([Number.NaN, -1, undefined, "soon"])(
    "that is no pause (%s) becomes a long one, not a hot loop",
    async (bad) => {
      const { clock } = noWait();
      await retry({ clock, backoff: () => bad as number }).execute(failing(transient()));
      expect(clock.waits).toEqual([20_000]);
    },
  );

  test.each([Number.POSITIVE_INFINITY, 2 ** 40])(
    "beyond what a timer takes (%s) is the longest it takes",
    async (long) => {
      const { clock } = noWait();
      await retry({ clock, backoff: () => long }).execute(failing(transient()));
      expect(clock.waits).toEqual([2_147_483_647]);
    },
  );

  test("can let the process end", async () => {
    const unref = vi.fn();
    const { clock } = noWait();
    const unrefable = { ...clock, setTimeout: (fn: () => void) => Object.assign(setTimeout(fn, 0), { unref }) };
    await retry({ clock: unrefable, backoff: 10, unref: true }).execute(failing(transient()));
    await retry({ clock: unrefable, backoff: 10 }).execute(failing(transient()));
    expect(unref).toHaveBeenCalledTimes(1);
  });
});

describe("a server's hint", () => {
  const waitsFor = async (headers: Record<string, string>, options: RetryOptions = {}) => {
    const { clock } = noWait();
    await retry({ clock, random: () => 0, ...options }).execute(failing(throttled(headers)));
    return clock.waits;
  };

  test("in seconds, in milliseconds and as a date is waited for", async () => {
    await expect(waitsFor({ "retry-after": "60" })).resolves.toEqual([60_000]);
    await expect(waitsFor({ "x-amz-retry-after": "700" })).resolves.toEqual([700]);
    const dates = { date: "Thu, 01 Jan 2026 00:00:00 GMT", "retry-after": "Thu, 01 Jan 2026 00:00:07 GMT" };
    await expect(waitsFor(dates)).resolves.toEqual([7_000]);
  });

  test("shorter than the back-off does not shorten it", async () => {
    await expect(waitsFor({ "retry-after": "1" }, { backoff: 3_000 })).resolves.toEqual([3_000]);
  });

  test("is clamped to 5 s above the back-off, or ignored, if told to", async () => {
    const headers = { "retry-after": "60" };
    await expect(waitsFor(headers, { retryAfter: "clamp", backoff: 100 })).resolves.toEqual([5_100]);
    await expect(waitsFor(headers, { retryAfter: "ignore", backoff: 100 })).resolves.toEqual([100]);
  });

  test("past the deadline, or longer than allowed, ends the call at once", async () => {
    const { clock } = noWait();
    const error = throttled({ "retry-after": "60" });
    await expect(retry({ clock, maxElapsedMs: 60_000 }).execute(always(error))).rejects.toBe(error);
    expect([attemptsOf(error)?.stopReason, clock.waits]).toEqual(["deadline", []]);
    await expect(retry({ clock, maxRetryAfterMs: 59_999 }).execute(always(error))).rejects.toBe(error);
    expect(clock.waits).toEqual([]);
    await expect(waitsFor({ "retry-after": "60" }, { maxRetryAfterMs: 60_000 })).resolves.toEqual([60_000]);
  });
});

describe("a deadline", () => {
  test("starts no attempt that it would not let finish", async () => {
    const { clock } = noWait();
    const error = transient();
    const fn = always(error);
    const policy = retry({ clock, maxAttempts: 10, backoff: 1_000, maxElapsedMs: 3_500, attemptNeedsMs: 500 });
    await expect(policy.execute(fn)).rejects.toBe(error);
    expect(fn).toHaveBeenCalledTimes(3); // at 0, 1,000 and 2,000 ms: a fourth at 3,000 would have 500 ms left, and needs more
    expect(attemptsOf(error)).toMatchObject({ stopReason: "deadline", elapsedMs: 2_000 });
  });

  test.each([
    ["that has passed", 0, 0],
    ["that leaves less than an attempt needs", 500, 500],
  ])("%s starts no attempt at all", async (_, leftMs, attemptNeedsMs) => {
    const clock = manualClock();
    const fn = vi.fn(() => "value");
    const onGiveUp = vi.fn();
    const policy = retry({ clock, deadline: clock.now() + leftMs, attemptNeedsMs, onGiveUp });
    const error = await policy.execute(fn).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_TIMEOUT", message: expect.stringContaining("was not made") });
    expect(attemptsOf(error)).toEqual({ stopReason: "deadline", attempts: [], elapsedMs: 0 });
    expect(onGiveUp).toHaveBeenCalledWith(expect.objectContaining({ attempts: 0, stopReason: "deadline" }));
    const later = retry({ clock, deadline: clock.now() + leftMs + 1, attemptNeedsMs });
    await expect(later.execute(fn)).resolves.toBe("value");
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test("as a moment starts no attempt at that moment", async () => {
    const { clock } = noWait();
    const fn = always(transient());
    const policy = retry({ clock, deadline: clock.now() + 2_000, backoff: 1_000, maxAttempts: 10 });
    await expect(policy.execute(fn)).rejects.toThrow("transient");
    expect(fn).toHaveBeenCalledTimes(2); // at 0 and 1,000 ms
  });

  test("of no time at all after the first attempt leaves that one", async () => {
    const { clock } = noWait();
    const error = transient();
    await expect(retry({ clock, maxElapsedMs: 0, backoff: 0 }).execute(always(error))).rejects.toBe(error);
    expect(attemptsOf(error)).toMatchObject({ stopReason: "deadline", attempts: { length: 1 } });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])("that is no moment (%s) is none", async (deadline) => {
    const policy = compose(retry({ ...noWait(), deadline: () => deadline }), timeout({ timeoutMs: 60_000 }));
    await expect(policy.execute(failing(transient()))).resolves.toBe("value");
  });

  test("after the first attempt holds though the machine's clock is set back meanwhile", async () => {
    const { clock } = noWait();
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 10_000)); // so that it does not begin when the clock did
    let setBackMs = 0;
    const moved = { ...clock, now: () => clock.now() - setBackMs };
    const fn = vi.fn(() => {
      setBackMs = 3_600_000;
      return Promise.reject(transient());
    });
    const policy = retry({ clock: moved, maxElapsedMs: 3_000, backoff: 1_000, maxAttempts: 10 });
    await expect(policy.execute(fn)).rejects.toThrow("transient");
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test("is asked for at each call, and the soonest holds", async () => {
    const clock = manualClock();
    const deadline = vi.fn(() => clock.now() + 50);
    const seen = await retry({ clock, deadline, maxElapsedMs: 100 }).execute(({ deadline: at }) => at);
    expect(seen).toBe(clock.now() + 50);
    await retry({ clock, deadline }).execute(() => 1);
    expect(deadline).toHaveBeenCalledTimes(2);
  });

  test("cuts the last attempt's timeout to what is left", async () => {
    const clock = manualClock();
    const policy = compose(retry({ clock, backoff: 100, maxElapsedMs: 1_000 }), timeout({ timeoutMs: 600, clock }));
    const hung = vi.fn(() => new Promise(() => {}));
    const result = watch(policy.execute(hung));
    await clock.advance(999);
    expect([hung.mock.calls.length, result.state]).toEqual([2, "pending"]);
    await clock.advance(1);
    expect(result).toMatchObject({ state: "rejected", value: { code: "ERR_TIMEOUT", timeoutMs: 300 } });
  });

  test("per attempt, by a timeout inside, gives up a hung attempt and goes on", async () => {
    const clock = manualClock();
    const fn = vi.fn(({ attempt }: { attempt: number }) => (attempt === 1 ? new Promise(() => {}) : "value"));
    const result = watch(compose(retry({ clock, backoff: 0 }), timeout({ timeoutMs: 200, clock })).execute(fn));
    await clock.advance(200);
    expect(result).toEqual({ state: "fulfilled", value: "value" });
  });
});
