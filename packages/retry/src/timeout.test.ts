import { getEventListeners } from "node:events";
import { attemptsOf, compose, OptionError, TimeoutError } from "@holdfast/errors";
import { CallContext, systemClock } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { fallback } from "./fallback.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const hung = () => new Promise<never>(() => {});
/** The system's clock, and the timers it made. */
function recordingClock() {
  const timers: NodeJS.Timeout[] = [];
  const setTimer = (callback: () => void, delayMs: number) => timers[timers.push(setTimeout(callback, delayMs)) - 1];
  return { timers, clock: { ...systemClock, setTimeout: setTimer } };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a call that takes too long", () => {
  test("is given up on the millisecond, with an error that says what was allowed", async () => {
    const clock = manualClock();
    const settled = vi.fn();
    timeout({ timeoutMs: 100, clock }).execute(hung).catch(settled);
    await clock.advance(99);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    const error = settled.mock.calls[0]?.[0];
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ name: "TimeoutError", code: "ERR_TIMEOUT", timeoutMs: 100 });
    expect(clock.pending).toBe(0);
  });

  test("has its signal aborted, with the error as the reason, whether read before or after", async () => {
    const clock = manualClock();
    const policy = timeout({ timeoutMs: 100, clock });
    let early: AbortSignal | undefined;
    let context: { signal: AbortSignal } | undefined;
    const result = policy.execute((given) => {
      early = given.signal;
      return hung();
    });
    const other = policy.execute((given) => {
      context = given;
      return hung();
    });
    result.catch(() => {});
    other.catch(() => {});
    await clock.advance(100);
    await expect(result).rejects.toBe(early?.reason);
    await expect(other).rejects.toBe(context?.signal.reason);
  });

  test("that succeeds afterwards is reported as late, not as a success", async () => {
    const clock = manualClock();
    const policy = timeout({ timeoutMs: 100, clock });
    const events: unknown[] = [];
    policy.onSuccess(() => events.push("success"));
    policy.onFailure(({ handled }) => events.push(["failure", handled]));
    policy.onTimeout((event) => events.push(event));
    policy.onLateResult(({ outcome }) => events.push(outcome));
    let finish: (value: number) => void = () => {};
    const result = policy.execute(() => new Promise<number>((resolve) => (finish = resolve)));
    result.catch(() => {});
    await clock.advance(100);
    finish(1);
    await turn();
    expect(events).toEqual([{ timeoutMs: 100, call: undefined }, ["failure", true], { value: 1 }]);
  });

  test("that fails afterwards is no unhandled rejection", async () => {
    const clock = manualClock();
    let fail: (error: unknown) => void = () => {};
    const result = timeout({ timeoutMs: 1, clock }).execute(() => new Promise((_, reject) => (fail = reject)));
    result.catch(() => {});
    await clock.advance(1);
    fail(new Error("late"));
    await turn();
  });
});

test.each([
  ["is given up", hung, "The call had no answer"],
  ["fails", () => Promise.reject(new Error("failed")), "failed"],
  ["succeeds", () => Promise.resolve("value"), "value"],
])("a call that %s leaves nobody listening on the signal around it", async (_what, fn, expected) => {
  const clock = manualClock();
  const { signal } = new AbortController();
  const reads = (context: CallContext) => (context.signal.aborted ? "too late" : fn());
  const result = timeout({ timeoutMs: 100, clock }).executeWithin(CallContext.root({ signal }), reads);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  const outcome = result.catch((error: Error) => error.message);
  await clock.advance(100);
  expect(await outcome).toContain(expected);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a function that moves the clock past its own timeout is retried as any other, and its attempts are told in full", async () => {
  vi.useFakeTimers({ now: 1_000 });
  try {
    const policy = compose(retry({ maxAttempts: 2, backoff: 0, retryIf: () => true }), timeout({ timeoutMs: 5 }));
    const fn = () => {
      vi.advanceTimersByTime(10);
      return hung();
    };
    const error = await policy.execute(fn).catch((reason: unknown) => reason);
    expect(attemptsOf(error)?.attempts).toMatchObject([
      { number: 1, startedAt: 1_000, durationMs: 10 },
      { number: 2, startedAt: 1_010, durationMs: 10 },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test("nothing begins for a caller who has left", async () => {
  const context = CallContext.root({ signal: AbortSignal.abort("gone") });
  const fn = vi.fn();
  await expect(timeout({ timeoutMs: 100 }).executeWithin(context, fn)).rejects.toBe("gone");
  expect(fn).not.toHaveBeenCalled();
});

describe("a call in time", () => {
  test("passes its value or its error on, untouched, and its signal stays quiet", async () => {
    const clock = manualClock();
    const policy = timeout({ timeoutMs: 100, clock });
    const error = new Error("own");
    const signal = await policy.execute((context) => context.signal);
    await expect(policy.execute(() => Promise.reject(error))).rejects.toBe(error);
    await expect(
      policy.execute(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    await clock.advance(200);
    expect([signal.aborted, clock.pending]).toEqual([false, 0]);
  });

  test("is told of, with how long it took, and a failure of its own as none of the policy's", async () => {
    const clock = manualClock();
    const policy = timeout({ timeoutMs: 100, clock });
    const told: unknown[] = [];
    policy.onSuccess((event) => told.push(event));
    policy.onFailure((event) => told.push(event));
    await policy.execute(() => clock.advance(7));
    const error = new Error("failed");
    await policy.execute(() => Promise.reject(error)).catch(() => {});
    expect(told).toEqual([{ duration: 7 }, { duration: 0, handled: false, reason: { error } }]);
  });

  test("leaves no timer that would hold the process", async () => {
    const { clock, timers } = recordingClock();
    const running = timeout({ timeoutMs: 60_000, clock }).execute(() => turn());
    expect(timers.map((timer) => timer.hasRef())).toEqual([true]);
    await running;
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  });
});

test("a caller's abort rejects with the caller's reason and is no timeout", async () => {
  const clock = manualClock();
  const policy = timeout({ timeoutMs: 100, clock });
  const onTimeout = vi.fn();
  policy.onTimeout(onTimeout);
  const controller = new AbortController();
  let signal: AbortSignal | undefined;
  const result = policy.execute((context) => {
    signal = context.signal;
    return hung();
  }, controller.signal);
  controller.abort("stop");
  await expect(result).rejects.toBe("stop");
  expect(signal?.reason).toBe("stop");
  await clock.advance(200);
  expect(onTimeout).not.toHaveBeenCalled();
});

test("a call that its caller gave up leaves no timer that would hold the process, whatever its function does", async () => {
  const { clock, timers } = recordingClock();
  const policy = timeout({ timeoutMs: 60_000, clock });
  const [first, second] = [new AbortController(), new AbortController()];
  const results = [first, second].map(({ signal }) => policy.execute(hung, signal));
  first.abort("stop");
  await expect(results[0]).rejects.toBe("stop");
  expect(timers.map((timer) => timer.hasRef())).toEqual([true]);
  second.abort("stop");
  await expect(results[1]).rejects.toBe("stop");
  expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  const third = policy.execute(turn);
  expect(timers.map((timer) => timer.hasRef())).toEqual([true]);
  await third;
  expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
});

test("a policy around hears of the timeout though the caller has left, and what it holds is free again", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const heard = vi.fn();
  const around = fallback({ to: heard });
  around.onFailure(heard);
  const result = compose(around, timeout({ timeoutMs: 100, clock })).execute(hung, controller.signal);
  controller.abort("stop");
  await expect(result).rejects.toBe("stop");
  await clock.advance(99);
  expect(heard).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(heard.mock.calls).toMatchObject([[{ handled: false, reason: { error: { code: "ERR_TIMEOUT" } } }]]);
  expect(clock.pending).toBe(0);
});

test("many calls share one timer, and each is given up at its own time", async () => {
  const clock = manualClock();
  const policy = timeout({ timeoutMs: 100, clock });
  const over: number[] = [];
  const start = (n: number) => policy.execute(hung).catch(() => over.push(n));
  start(1);
  await clock.advance(30);
  start(2);
  await clock.advance(30);
  start(3);
  expect(clock.pending).toBe(1);
  await clock.advance(39);
  expect(over).toEqual([]);
  await clock.advance(1);
  expect(over).toEqual([1]);
  await clock.advance(30);
  expect(over).toEqual([1, 2]);
  await clock.advance(30);
  expect([over, clock.pending]).toEqual([[1, 2, 3], 0]);
});

test("a call with a nearer deadline is given up at the deadline, before calls that began earlier", async () => {
  const clock = manualClock();
  const policy = timeout({ timeoutMs: 100, clock });
  const over: string[] = [];
  policy.execute(hung).catch(() => over.push("plain"));
  const { beginCall } = await import("@holdfast/errors/policy");
  beginCall((context) => policy.executeWithin(context, hung), { deadline: clock.now() + 40 }).catch((error) =>
    over.push(`deadline ${error.timeoutMs}`),
  );
  await clock.advance(40);
  expect(over).toEqual(["deadline 40"]);
  await clock.advance(60);
  expect(over).toEqual(["deadline 40", "plain"]);
});

test("a call whose deadline has passed is not made", async () => {
  const clock = manualClock();
  const policy = timeout({ timeoutMs: 100, clock });
  const told = vi.fn();
  policy.onTimeout(told);
  policy.onFailure(told);
  const fn = vi.fn();
  const within = (deadline: number) => policy.executeWithin(CallContext.root({ deadline }), fn);
  const error = await within(clock.now()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "ERR_TIMEOUT", timeoutMs: 0, message: expect.stringContaining("not made") });
  expect([fn.mock.calls.length, clock.pending]).toEqual([0, 0]);
  expect(told.mock.calls).toEqual([
    [{ timeoutMs: 0, call: undefined }],
    [{ duration: 0, handled: true, reason: { error } }],
  ]);
  await within(clock.now() + 1);
  expect(fn).toHaveBeenCalledTimes(1);
});

test("of two timeouts the shorter one strikes, and the outer is left in peace", async () => {
  const clock = manualClock();
  const inner = timeout({ timeoutMs: 50, clock });
  const outer = timeout({ timeoutMs: 100, clock });
  const onTimeout = vi.fn();
  outer.onTimeout(onTimeout);
  const result = compose(outer, inner).execute(hung);
  result.catch(() => {});
  await clock.advance(100);
  await expect(result).rejects.toMatchObject({ timeoutMs: 50 });
  expect(onTimeout).not.toHaveBeenCalled();
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "5"])("refuses a timeout of %s", (timeoutMs) => {
  expect(() => timeout({ timeoutMs: timeoutMs as number })).toThrow(OptionError);
});

test.each([
  [undefined, "options"],
  [{ timeoutMs: 5, ms: 5 }, "ms"],
])("refuses %o, naming the option", (options, option) => {
  expect(() => timeout(options as never)).toThrow(expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }));
});
