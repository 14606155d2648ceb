import { attemptsOf, CircuitOpenError, classify, compose, OptionError } from "@holdfast/errors";
import { silentLogger } from "@holdfast/errors/policy";
import { describe, expect, test, vi } from "vitest";
import { denied, failingWith, throttled, transient } from "./failures.fixture.ts";
import { fallback } from "./fallback.ts";
import { hedge } from "./hedge.ts";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";
import type { RetryOptions } from "./retry-options.ts";
import { timeout } from "./timeout.ts";

const failing = (...errors: unknown[]) => vi.fn(failingWith(...errors));
const always = (error: unknown) => vi.fn(() => Promise.reject(error));

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

describe("an ambiguous failure", () => {
  const reset = () => Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const failed = () => Object.assign(new Error("oops"), { name: "InternalError", $metadata: { httpStatusCode: 500 } });
  const timedOut = () => Object.assign(new Error("late"), { name: "TimeoutError" });
  const unavailable = () => Object.assign(new Error("busy"), { name: "X", $metadata: { httpStatusCode: 503 } });
  const inAStream = () => Object.assign(new Error("oops"), { name: "InternalServerException", $metadata: {} });

  test.each([reset, failed, timedOut, unavailable, inAStream])(
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

  const thrown = new Error("thrown");
  const broken = () => {
    throw thrown;
  };
  test.each<[string, RetryOptions]>([
    ["retryIf", { retryIf: broken }],
    ["classify", { classify: broken }],
    ["idempotent", { idempotent: broken }],
    ["uncounted", { uncounted: broken }],
    ["backoff", { backoff: broken }],
    ["a back-off of cockatiel's", { backoff: { next: () => undefined as never } }],
    ["refresh", { refresh: broken, classify: (error) => ({ ...classify(error), retry: "after-refresh" }) }],
  ])("may be broken (%s throws): then nothing is retried, and the error stays what it was", async (_, options) => {
    const warn = vi.fn();
    const onGiveUp = vi.fn();
    const error = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    const fn = always(error);
    const logger = { ...silentLogger, warn };
    await expect(retry({ ...noWait(), logger, onGiveUp, ...options }).execute(fn)).rejects.toBe(error);
    expect([fn.mock.calls.length, attemptsOf(error)?.attempts.length]).toEqual([1, 1]);
    expect([attemptsOf(error)?.stopReason, onGiveUp.mock.calls.length]).toEqual(["not-retryable", 1]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('"retry"'), { error: expect.any(Error) });
  });

  test("may be a result filter that throws: then the result is what it was", async () => {
    const warn = vi.fn();
    const fn = vi.fn(() => "value");
    const policy = retry({ ...noWait(), logger: { ...silentLogger, warn }, retryResultIf: broken });
    await expect(policy.execute(fn)).resolves.toBe("value");
    expect([fn.mock.calls.length, warn.mock.calls.length]).toEqual([1, 1]);
  });

  test("is not a logger, though it throws", async () => {
    const logger = { ...silentLogger, warn: broken };
    await expect(retry({ logger, retryIf: broken }).execute(failing(denied()))).rejects.toThrow("no");
    const metadata = { $metadata: { attempts: 3 } }; // as from a client that retries by itself, which is noticed
    await expect(retry({ ...noWait(), logger }).execute(failing(transient(metadata)))).resolves.toBe("value");
  });

  test("may be the result: the last one is returned when attempts run out", async () => {
    const values = [1, 2, 3, 4];
    const policy = retry({ ...noWait(), retryResultIf: (value) => (value as number) < 5 });
    await expect(policy.execute(() => values.shift())).resolves.toBe(3);
  });

  test("may be another classifier", async () => {
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

  test("is an open circuit, whose refusal then has the failure before it as its cause, if it names none", async () => {
    const before = transient();
    const refusal = (cause?: Error) =>
      Object.assign(new Error("open", cause && { cause }), { code: "ERR_CIRCUIT_OPEN", retryAfterMs: 700 });
    const own = new Error("own");
    for (const [error, cause] of [
      [refusal(), before],
      [refusal(own), own],
    ] as const) {
      await expect(retry(noWait()).execute(failing(before, error))).rejects.toBe(error);
      expect(error.cause).toBe(cause);
    }
    const twice = refusal();
    const refused = vi.fn(() => {
      if (refused.mock.calls.length > 1) Object.assign(twice, { retryAfterMs: Number.POSITIVE_INFINITY });
      return Promise.reject(twice);
    });
    await expect(retry({ ...noWait(), whenCircuitOpen: "wait" }).execute(refused)).rejects.toBe(twice);
    expect([refused.mock.calls.length, attemptsOf(twice)?.stopReason]).toEqual([2, "circuit-open"]);
    expect(twice).not.toHaveProperty("cause");
    const first = refusal();
    await expect(retry(noWait()).execute(failing(first))).rejects.toBe(first);
    expect(first).not.toHaveProperty("cause");
    const frozen = Object.freeze(refusal());
    await expect(retry(noWait()).execute(failing(before, frozen))).rejects.toBe(frozen);
  });

  test("what has expired is renewed once, and the call made again", async () => {
    const expired = () => Object.assign(new Error("expired"), { name: "ExpiredTokenException" });
    const refresh = vi.fn(async () => {});
    const onRetry = vi.fn();
    await expect(retry({ refresh, onRetry }).execute(failing(expired()))).resolves.toBe("value");
    expect(onRetry.mock.calls).toMatchObject([
      [{ attempt: 1, delayMs: 0, classification: { kind: "authentication" } }],
    ]);
    await expect(retry({ refresh }).execute(failing(expired(), expired()))).rejects.toThrow("expired");
    expect(refresh).toHaveBeenCalledTimes(2);
    await expect(retry().execute(failing(expired()))).rejects.toThrow("expired");
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

  test("are told of a call that succeeds at once too, whoever alone listens", async () => {
    for (const event of ["onAttempt", "onSuccess"] as const) {
      const policy = retry(noWait());
      const heard = vi.fn();
      policy[event](heard);
      await policy.execute(() => 1);
      expect(heard).toHaveBeenCalledTimes(1);
    }
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

test.each([
  retry(),
  retry({ maxElapsedMs: 1_000 }),
  timeout({ timeoutMs: 1_000 }),
  hedge({ delayMs: 1_000 }),
  fallback({ to: (error) => Promise.reject(error) }),
])("an async generator is refused, not silently unprotected, by %o", async (policy) => {
  const generate = async function* () {
    yield 1;
  };
  await expect(policy.execute(generate)).rejects.toThrow(/async generator/);
  const around = timeout({ timeoutMs: 1_000 });
  await expect(compose(around, policy).execute(generate)).rejects.toThrow(/async generator/);
  await expect(compose(policy, around).execute(generate)).rejects.toThrow(/async generator/);
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
  [{ budget: null as never }, "budget"],
  [{ idempotent: "no" as never }, "idempotent"],
  [{ onRetry: "x" as never }, "onRetry"],
  [{ onGiveUp: 1 as never }, "onGiveUp"],
  [{ maxRetries: 3 } as never, "maxRetries"],
  [null as never, "options"],
  [3 as never, "options"],
])("refuses %o at construction, naming the option", (options, name) => {
  expect(() => retry(options)).toThrow(OptionError);
  expect(() => retry(options)).toThrow(expect.objectContaining({ option: name }));
});
