import { attemptsOf, CircuitOpenError, compose, OptionError } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { constant } from "./constant.ts";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";
import type { RetryOptions } from "./retry-options.ts";
import { timeout } from "./timeout.ts";

const transient = (facts: object = {}) => Object.assign(new Error("transient"), { code: "ECONNREFUSED" }, facts);
const throttled = (headers: Record<string, string> = {}) =>
  Object.assign(new Error("slow down"), { name: "ThrottlingException", $metadata: {}, $response: { headers } });
const denied = () => Object.assign(new Error("no"), { name: "AccessDeniedException" });

/** A function that fails as listed, then returns "value". */
const failing = (...errors: unknown[]) => {
  const left = [...errors];
  return vi.fn(async (_context?: { attempt: number }) => {
    if (left.length > 0) throw left.shift();
    return "value";
  });
};
const always = (error: unknown) => vi.fn(() => Promise.reject(error));
const watch = <T>(promise: Promise<T>) => {
  const seen: { state: "pending" | "fulfilled" | "rejected"; value?: unknown } = { state: "pending" };
  promise.then(
    (value) => Object.assign(seen, { state: "fulfilled", value }),
    (value) => Object.assign(seen, { state: "rejected", value }),
  );
  return seen;
};

describe("attempts", () => {
  test("are calls: three by default, counted from 1, as the AWS SDK counts", async () => {
    const error = transient();
    const fn = vi.fn((_: { attempt: number }) => Promise.reject(error));
    await expect(retry(noWait()).execute(fn)).rejects.toBe(error);
    expect(fn.mock.calls.map(([context]) => context.attempt)).toEqual([1, 2, 3]);
  });

  test("one means no retry", async () => {
    const fn = always(transient());
    await expect(retry({ maxAttempts: 1 }).execute(fn)).rejects.toThrow("transient");
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test("end with the first success, whatever kind of value the function returns", async () => {
    const fn = failing(transient(), transient());
    await expect(retry(noWait()).execute(fn)).resolves.toBe("value");
    await expect(retry().execute(() => 1)).resolves.toBe(1);
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    await expect(retry().execute(() => ({ then: (done: (v: number) => void) => done(2) }) as never)).resolves.toBe(2);
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test("a function that throws at once is retried like one that rejects", async () => {
    let calls = 0;
    const fn = () => {
      calls += 1;
      if (calls < 3) throw transient();
      return calls;
    };
    await expect(retry(noWait()).execute(fn)).resolves.toBe(3);
  });

  test.each([denied(), new Error("unheard of"), "a string", undefined, null, 0])(
    "what cannot pass is not repeated: %s",
    async (error) => {
      const fn = always(error);
      await expect(retry(noWait()).execute(fn)).rejects.toBe(error);
      expect(fn).toHaveBeenCalledTimes(1);
    },
  );

  test("without limit, with no pause, leave the event loop its turns", async () => {
    let over = false;
    setImmediate(() => {
      over = true;
    });
    const policy = retry({ maxAttempts: Number.POSITIVE_INFINITY, backoff: 0, retryIf: () => !over });
    await expect(policy.execute(always(transient()))).rejects.toThrow("transient");
  });

  test("failures that do not count use up none", async () => {
    const busy = transient({ busy: true });
    const fn = failing(busy, busy, busy, busy, transient());
    const policy = retry({ ...noWait(), maxAttempts: 2, uncounted: (error) => error === busy });
    await expect(policy.execute(fn)).resolves.toBe("value");
    expect(fn).toHaveBeenCalledTimes(6);
  });

  test("a call that cannot be made twice is not", async () => {
    const fn = always(transient());
    const policy = retry(noWait());
    const { beginCall } = await import("@holdfast/errors/policy");
    const call = { operation: "PutObject", repeatable: false };
    await expect(beginCall((context) => policy.executeWithin(context, fn), { call })).rejects.toThrow("transient");
    expect(fn).toHaveBeenCalledTimes(1);
  });
});

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
    await retry({ clock: unrefable, unref: true }).execute(failing(transient()));
    await retry({ clock: unrefable }).execute(failing(transient()));
    expect(unref).toHaveBeenCalledTimes(1);
  });
});

describe("an abort", () => {
  const stop = new Error("stop");

  test("before the call refuses it with the signal's reason", async () => {
    const fn = failing();
    await expect(retry().execute(fn, AbortSignal.abort(stop))).rejects.toBe(stop);
    expect(fn).not.toHaveBeenCalled();
  });

  test("in a pause rejects at once with the reason, makes no further call and leaves no timer", async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const fn = always(transient());
    const result = watch(retry({ clock, backoff: 2_000 }).execute(fn, controller.signal));
    await clock.advance(100);
    controller.abort(stop);
    await clock.advance(0);
    expect(result).toEqual({ state: "rejected", value: stop });
    expect(clock.pending).toBe(0);
    await clock.advance(10_000);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test("abandons a function that ignores its signal, and reports what it comes to", async () => {
    const controller = new AbortController();
    const policy = retry();
    const late: unknown[] = [];
    policy.onLateResult((event) => late.push(event));
    let finish: (value: string) => void = () => {};
    const result = policy.execute(() => new Promise<string>((resolve) => (finish = resolve)), controller.signal);
    controller.abort(stop);
    await expect(result).rejects.toBe(stop);
    finish("too late");
    await new Promise((resolve) => setImmediate(resolve));
    expect(late).toEqual([{ attempt: 1, outcome: { value: "too late" }, call: undefined }]);
  });

  test.each([
    ["succeeds", (settle: { resolve: (value: string) => void }) => settle.resolve("late"), { value: "late" }],
    ["fails", (settle: { reject: (error: unknown) => void }) => settle.reject("late"), { error: "late" }],
  ])("in a later attempt that then %s is reported with its number", async (_, settle, outcome) => {
    const controller = new AbortController();
    const policy = retry({ backoff: 0, maxElapsedMs: 60_000 });
    const onLateResult = vi.fn();
    policy.onLateResult(onLateResult);
    const hung = Promise.withResolvers<string>();
    const fn = failing(transient());
    const result = policy.execute(
      async (context) => ((await fn(context)) === "value" ? hung.promise : ""),
      controller.signal,
    );
    const rejected = expect(result).rejects.toBe(stop);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(stop);
    await rejected;
    expect(attemptsOf(stop)?.attempts.map(({ number }) => number)).toEqual([1, 2]);
    settle(hung);
    await new Promise((resolve) => setImmediate(resolve));
    expect(onLateResult.mock.calls).toEqual([[{ attempt: 2, outcome, call: undefined }]]);
  });

  test("of a function that then rejects causes no unhandled rejection and no retry", async () => {
    const controller = new AbortController();
    let fail: (error: unknown) => void = () => {};
    const fn = vi.fn(() => new Promise<string>((_, reject) => (fail = reject)));
    const result = retry({ backoff: 0 }).execute(fn, controller.signal);
    controller.abort(stop);
    await expect(result).rejects.toBe(stop);
    fail(transient());
    await new Promise((resolve) => setImmediate(resolve));
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test("by a policy around it ends the pause too", async () => {
    const clock = manualClock();
    const fn = always(transient());
    const policy = compose(timeout({ timeoutMs: 500, clock }), retry({ clock, backoff: 2_000 }));
    const result = watch(policy.execute(fn));
    await clock.advance(500);
    expect(result).toMatchObject({ state: "rejected", value: { code: "ERR_TIMEOUT" } });
    expect(attemptsOf(result.value)).toMatchObject({ stopReason: "aborted", attempts: [{ number: 1 }] });
    expect(clock.pending).toBe(0);
  });

  test("is told by the ledger on its reason, and by the give-up event", async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const onGiveUp = vi.fn();
    const result = retry({ clock, backoff: 2_000, onGiveUp }).execute(always(transient()), controller.signal);
    result.catch(() => {});
    await clock.advance(50);
    const reason = new Error("stop");
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(attemptsOf(reason)).toMatchObject({
      stopReason: "aborted",
      elapsedMs: 50,
      attempts: [{ code: "ECONNREFUSED" }],
    });
    expect(onGiveUp).toHaveBeenCalledTimes(1);
    expect(onGiveUp).toHaveBeenCalledWith(expect.objectContaining({ attempts: 1, stopReason: "aborted" }));
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

describe("an ambiguous failure", () => {
  const reset = () => Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const failed = () => Object.assign(new Error("oops"), { name: "InternalError", $metadata: { httpStatusCode: 500 } });
  const timedOut = () => Object.assign(new Error("late"), { name: "TimeoutError" });

  test.each([reset, failed, timedOut])(
    "is repeated by default, as the SDK does, but not what is said not to be idempotent",
    async (make) => {
      await expect(retry(noWait()).execute(failing(make()))).resolves.toBe("value");
      const error = make();
      await expect(retry({ ...noWait(), idempotent: false }).execute(failing(error))).rejects.toBe(error);
      expect(attemptsOf(error)?.stopReason).toBe("ambiguous");
    },
  );

  test.each([transient, throttled])("is not one that was refused before it took effect", async (make) => {
    await expect(retry({ ...noWait(), idempotent: false }).execute(failing(make()))).resolves.toBe("value");
  });
});

describe("what decides", () => {
  test("may be a predicate, alone", async () => {
    const policy = retry({ ...noWait(), retryIf: (error) => error === "again" });
    await expect(policy.execute(failing("again", "again"))).resolves.toBe("value");
    await expect(policy.execute(failing(throttled()))).rejects.toThrow("slow down");
  });

  test("may be a predicate that throws: then nothing is retried, and the error stays", async () => {
    const warn = vi.fn();
    const logger = { debug() {}, info() {}, warn, error() {} };
    const broken = () => {
      throw new Error("predicate");
    };
    await expect(retry({ retryIf: broken, logger }).execute(failing(transient()))).rejects.toThrow("transient");
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("may be the result: the last one is returned when attempts run out", async () => {
    const values = [1, 2, 3, 4];
    const policy = retry({ ...noWait(), retryResultIf: (value) => (value as number) < 5 });
    await expect(policy.execute(() => values.shift())).resolves.toBe(3);
  });

  test("may be another classifier", async () => {
    const { classify } = await import("@holdfast/errors");
    const policy = retry({
      ...noWait(),
      classify: (error, context) => ({ ...classify(error, context), retry: "transient" }),
    });
    await expect(policy.execute(failing(denied()))).resolves.toBe("value");
  });

  test("is an open circuit: it stops, or waits for the moment the circuit names", async () => {
    const open = () => new CircuitOpenError({ circuit: "payments", retryAfterMs: 700, since: 0 });
    const error = open();
    await expect(retry(noWait()).execute(failing(error))).rejects.toBe(error);
    expect(attemptsOf(error)?.stopReason).toBe("circuit-open");
    const { clock } = noWait();
    await expect(retry({ clock, whenCircuitOpen: "wait" }).execute(failing(open()))).resolves.toBe("value");
    expect(clock.waits).toEqual([700]);
  });

  test("what has expired is renewed once, and the call made again", async () => {
    const expired = () => Object.assign(new Error("expired"), { name: "ExpiredTokenException" });
    const refresh = vi.fn(async () => {});
    await expect(retry({ refresh }).execute(failing(expired()))).resolves.toBe("value");
    await expect(retry({ refresh }).execute(failing(expired(), expired()))).rejects.toThrow("expired");
    expect(refresh).toHaveBeenCalledTimes(2);
    await expect(retry().execute(failing(expired()))).rejects.toThrow("expired");
  });
});

describe("the ledger", () => {
  test("tells of every attempt when it began, how long it took, the pause before it, its code and request id", async () => {
    const clock = manualClock();
    const start = clock.now();
    const errors = [transient(), throttled(), transient({ $metadata: { requestId: "r-3" } })];
    const fn = async ({ attempt }: { attempt: number }) => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
      throw errors[attempt - 1];
    };
    const result = watch(retry({ clock, backoff: 100 }).execute(fn));
    await clock.advance(230);
    expect(result.value).toBe(errors[2]);
    expect(attemptsOf(errors[2])).toEqual({
      stopReason: "attempts",
      elapsedMs: 230,
      attempts: [
        { number: 1, startedAt: start, durationMs: 10, delayMs: 0, code: "ECONNREFUSED", requestId: undefined },
        {
          number: 2,
          startedAt: start + 110,
          durationMs: 10,
          delayMs: 100,
          code: "ThrottlingException",
          requestId: undefined,
        },
        { number: 3, startedAt: start + 220, durationMs: 10, delayMs: 100, code: "ECONNREFUSED", requestId: "r-3" },
      ],
    });
  });

  test("is not left where the error cannot carry it, and changes nothing of the error", async () => {
    const frozen = Object.freeze(transient());
    const onGiveUp = vi.fn();
    await expect(retry({ ...noWait(), onGiveUp }).execute(always(frozen))).rejects.toBe(frozen);
    expect(attemptsOf(frozen)).toBeUndefined();
    expect(onGiveUp).toHaveBeenCalledWith(expect.objectContaining({ attempts: 3, stopReason: "attempts" }));
    const error = transient();
    const before = JSON.stringify(error);
    await expect(retry(noWait()).execute(always(error))).rejects.toBe(error);
    expect([JSON.stringify(error), Object.keys(error)]).toEqual([before, ["code"]]);
  });

  test("lists the last hundred attempts of a long call", async () => {
    const error = transient();
    await expect(retry({ maxAttempts: 250, backoff: 0 }).execute(always(error))).rejects.toBe(error);
    const { attempts } = attemptsOf(error)!;
    expect([attempts.length, attempts[0]?.number, attempts.at(-1)?.number]).toEqual([100, 151, 250]);
  });
});

describe("events", () => {
  test("come before and after each attempt, in order, with the call's details", async () => {
    const log: unknown[] = [];
    const policy = retry({ ...noWait(), onRetry: (event) => log.push(["retry", event.attempt, event.delayMs]) });
    policy.onAttempt(({ attempt }) => log.push(["attempt", attempt]));
    policy.onFailure(({ handled }) => log.push(["failure", handled]));
    policy.onSuccess(() => log.push(["success"]));
    policy.onGiveUp(({ stopReason }) => log.push(["giveUp", stopReason]));
    await policy.execute(failing(transient()));
    await expect(policy.execute(failing(denied()))).rejects.toThrow();
    expect(log).toEqual([
      ["attempt", 1],
      ["failure", true],
      ["retry", 1, 49],
      ["attempt", 2],
      ["success"],
      ["attempt", 1],
      ["failure", false],
      ["giveUp", "not-retryable"],
    ]);
  });

  test("that make a listener throw do not make the successful function run again", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const policy = retry({ ...noWait(), retryIf: () => true });
    for (const event of [policy.onSuccess, policy.onAttempt, policy.onFailure, policy.onRetry]) {
      event(() => {
        throw new Error("listener");
      });
    }
    const fn = failing(transient());
    await expect(policy.execute(fn)).resolves.toBe("value");
    expect(fn).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
  });
});

test("an async generator is refused, not silently unprotected", async () => {
  const generate = async function* () {
    yield 1;
  };
  await expect(retry().execute(generate)).rejects.toThrow(/async generator/);
  await expect(retry({ maxElapsedMs: 1_000 }).execute(generate)).rejects.toThrow(/async generator/);
});

test.each([
  [{ maxAttempts: 0 }, "maxAttempts"],
  [{ maxAttempts: 1.5 }, "maxAttempts"],
  [{ backoff: -1 }, "backoff"],
  [{ backoff: "soon" as never }, "backoff"],
  [{ maxElapsedMs: Number.NaN }, "maxElapsedMs"],
  [{ deadline: "tomorrow" as never }, "deadline"],
  [{ attemptNeedsMs: -1 }, "attemptNeedsMs"],
  [{ retryAfter: "maybe" as never }, "retryAfter"],
  [{ maxRetryAfterMs: -1 }, "maxRetryAfterMs"],
  [{ nested: "twice" as never }, "nested"],
  [{ whenCircuitOpen: "go" as never }, "whenCircuitOpen"],
  [{ classify: 1 as never }, "classify"],
  [{ budget: {} as never }, "budget"],
])("refuses %o at construction, naming the option", (options, name) => {
  expect(() => retry(options)).toThrow(OptionError);
  expect(() => retry(options)).toThrow(name);
});
