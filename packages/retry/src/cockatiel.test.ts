import { attemptsOf, compose } from "@holdfast/errors";
import { silentLogger } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import * as cockatiel from "cockatiel";
import { ConstantBackoff, handleAll, handleWhen, IterableBackoff, TimeoutStrategy, wrap } from "cockatiel";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { exponential } from "./exponential.ts";
import { noWait } from "./no-wait.ts";
import { outcomeAfter } from "./outcome-after.fixture.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const again = () => true;
const fail = () => Promise.reject(new Error("failed"));
const hung = () => new Promise<never>(() => {});
const after = outcomeAfter((ms) => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// Each trap is held against both libraries: if cockatiel mends one, its half fails and the difference can go.
describe("traps of cockatiel 4.0 that ours has not", () => {
  test("an abort in a pause waits the pause out, calls once more and loses the reason", async () => {
    const theirs = vi.fn(fail);
    const ours = vi.fn(fail);
    const controller = new AbortController();
    const theirCall = cockatiel
      .retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(2_000) })
      .execute(theirs, controller.signal);
    const ourCall = retry({ backoff: 2_000, retryIf: again }).execute(ours, controller.signal);
    theirCall.catch(() => {});
    ourCall.catch(() => {});
    await vi.advanceTimersByTimeAsync(50);
    controller.abort("stop");
    expect(await Promise.all([after(100, theirCall), after(100, ourCall)])).toEqual(["still waiting", "stop"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([theirs.mock.calls.length, ours.mock.calls.length]).toEqual([2, 1]);
    await expect(theirCall).rejects.toThrow("failed");
  });

  test("an aborted signal still calls once", async () => {
    const theirs = vi.fn(fail);
    const ours = vi.fn(fail);
    const signal = AbortSignal.abort("stop");
    await expect(cockatiel.retry(handleAll, { maxAttempts: 3 }).execute(theirs, signal)).rejects.toThrow("failed");
    await expect(retry({ retryIf: again }).execute(ours, signal)).rejects.toBe("stop");
    expect([theirs.mock.calls.length, ours.mock.calls.length]).toEqual([1, 0]);
  });

  test("a listener that throws makes the successful function run again", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const broken = () => {
      throw new Error("listener");
    };
    const theirs = vi.fn(() => 1);
    const ours = vi.fn(() => 1);
    const theirPolicy = cockatiel.retry(handleAll, { maxAttempts: 2 });
    theirPolicy.onSuccess(broken);
    const ourPolicy = retry({ retryIf: again });
    ourPolicy.onSuccess(broken);
    expect(await after(100, theirPolicy.execute(theirs))).toEqual(new Error("listener"));
    expect(await after(0, ourPolicy.execute(ours))).toEqual({ value: 1 });
    expect([theirs.mock.calls.length, ours.mock.calls.length]).toEqual([3, 1]);
    vi.restoreAllMocks();
  });

  test("the exponent is ignored by every jitter but the decorrelated", () => {
    const theirs = new cockatiel.ExponentialBackoff({
      generator: cockatiel.noJitterGenerator,
      initialDelay: 100,
      exponent: 3,
    });
    const step = { attempt: 1, signal: new AbortController().signal, result: { error: 0 } };
    expect(theirs.next().next(step).duration).toBe(200);
    const ours = exponential({ baseMs: 100, factor: 3, jitter: "none" });
    expect(ours({ retry: 2, previousMs: 100, throttling: false, reason: { error: 0 }, random: Math.random })).toBe(300);
  });

  test.each([undefined, Number.NaN, -5, Number.POSITIVE_INFINITY, 2 ** 40])(
    "a back-off of %s becomes a hot loop",
    async (delay) => {
      const theirs = vi.fn(fail);
      const ours = vi.fn(fail);
      const theirCall = cockatiel
        .retry(handleAll, { maxAttempts: 20, backoff: new ConstantBackoff(delay as number) })
        .execute(theirs);
      const ourCall = retry({ maxAttempts: 20, retryIf: again, backoff: () => delay as number }).execute(ours);
      await Promise.all([after(100, theirCall), after(100, ourCall)]);
      expect([theirs.mock.calls.length, ours.mock.calls.length]).toEqual([21, 1]);
    },
  );

  test("a parent's abort is reported as a timeout", async () => {
    const controller = new AbortController();
    const theirs = cockatiel.timeout(1_000, TimeoutStrategy.Aggressive);
    const ours = timeout({ timeoutMs: 1_000 });
    const told: string[] = [];
    theirs.onTimeout(() => told.push("theirs"));
    ours.onTimeout(() => told.push("ours"));
    const calls = [after(0, theirs.execute(hung, controller.signal)), after(0, ours.execute(hung, controller.signal))];
    controller.abort("stop");
    const [theirOutcome, ourOutcome] = await Promise.all(calls);
    expect(String(theirOutcome)).toContain("Operation timed out after 1000ms");
    expect(ourOutcome).toBe("stop");
    expect(told).toEqual(["theirs"]);
  });

  test("a cooperative timeout that the function ignores returns a late success", async () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 500, "late"));
    const theirs = cockatiel.timeout(100, TimeoutStrategy.Cooperative).execute(slow);
    const ours = timeout({ timeoutMs: 100 }).execute(slow);
    const outcomes = await Promise.all([after(500, theirs), after(500, ours)]);
    expect(outcomes).toEqual([{ value: "late" }, expect.objectContaining({ code: "ERR_TIMEOUT" })]);
  });

  test("errors have the name Error", async () => {
    const theirs = after(10, cockatiel.timeout(10, TimeoutStrategy.Aggressive).execute(hung));
    const ours = after(10, timeout({ timeoutMs: 10 }).execute(hung));
    expect(await Promise.all([theirs, ours])).toMatchObject([{ name: "Error" }, { name: "TimeoutError" }]);
  });

  test("retrying a broken circuit is of no use, and loses the error that broke it", async () => {
    const breaker = () =>
      cockatiel.circuitBreaker(handleAll, { breaker: new cockatiel.ConsecutiveBreaker(1), halfOpenAfter: 60_000 });
    const down = Object.assign(new Error("down"), { code: "ECONNREFUSED" });
    const retries = vi.fn();
    const theirRetry = cockatiel.retry(handleAll, { maxAttempts: 2 });
    const ourRetry = retry({ maxAttempts: 3, backoff: 0 });
    const outcomes = [];
    for (const policy of [theirRetry, ourRetry]) {
      policy.onRetry(retries);
      outcomes.push(
        await after(
          10,
          wrap(policy, breaker()).execute(() => Promise.reject(down)),
        ),
      );
      outcomes.push(retries.mock.calls.splice(0).length);
    }
    const [theirs, theirRetries, ours, ourRetries] = outcomes as [Error, number, Error, number];
    expect([theirs, ours].map(cockatiel.isBrokenCircuitError)).toEqual([true, true]);
    expect([theirs.cause, ours.cause]).toEqual([undefined, down]);
    expect([theirRetries, ourRetries]).toEqual([2, 1]);
    expect(attemptsOf(ours)).toMatchObject({ stopReason: "circuit-open", attempts: [{ code: "ECONNREFUSED" }, {}] });
  });

  test("to let the process end during a pause takes a copy, to which nobody listens", async () => {
    const heard: string[] = [];
    const theirs = cockatiel.retry(handleAll, { maxAttempts: 1, backoff: new ConstantBackoff(1_000) });
    const ours = retry({ maxAttempts: 2, backoff: 1_000, unref: true, retryIf: again });
    theirs.onRetry(() => heard.push("theirs"));
    ours.onRetry(() => heard.push("ours"));
    const timers = vi.spyOn(globalThis, "setTimeout");
    const calls = [after(0, theirs.dangerouslyUnref().execute(fail)), after(0, ours.execute(fail))];
    await Promise.all(calls);
    expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([false, false]);
    expect(heard).toEqual(["ours"]);
    timers.mockRestore();
  });
});

describe("inside cockatiel's wrap", () => {
  test("signal, attempt and deadline survive being spread", async () => {
    const policy = wrap(retry({ backoff: 0, retryIf: again, maxElapsedMs: 60_000 }), timeout({ timeoutMs: 1_000 }));
    const seen: object[] = [];
    await policy.execute((context) => {
      seen.push({ ...context });
      return seen.length < 2 ? fail() : 1;
    });
    const facts = { deadline: expect.any(Number), signal: expect.any(AbortSignal) };
    expect(seen).toMatchObject([
      { attempt: 1, ...facts },
      { attempt: 2, ...facts },
    ]);
  });

  test("our timeout aborts the signal of what cockatiel's policies run inside it", async () => {
    const policy = wrap(timeout({ timeoutMs: 100 }), cockatiel.retry(handleAll, { maxAttempts: 2 }));
    let signal: AbortSignal | undefined;
    const outcome = await after(
      100,
      policy.execute((context) => {
        signal = context.signal;
        return hung();
      }),
    );
    expect(outcome).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(signal?.reason).toBe(outcome);
  });

  test("our timeout does not hide the attempt that cockatiel's retry counts", async () => {
    const policy = wrap(cockatiel.retry(handleAll, { maxAttempts: 1 }), timeout({ timeoutMs: 100 }));
    const attempts: number[] = [];
    const call = policy.execute(({ attempt }) => {
      attempts.push(attempt);
      return fail();
    });
    await after(10, call);
    expect(attempts).toEqual([0, 1]);
  });

  test("our retry repeats what a timeout of cockatiel's gives up", async () => {
    const ours = retry({ maxAttempts: 2, backoff: 0, retryIf: cockatiel.isTaskCancelledError });
    const policy = wrap(ours, cockatiel.timeout(100, TimeoutStrategy.Aggressive));
    const fn = vi.fn(hung);
    const outcome = await after(200, policy.execute(fn));
    expect(cockatiel.isTaskCancelledError(outcome as Error)).toBe(true);
    expect(fn).toHaveBeenCalledTimes(2);
  });
});

describe("cockatiel inside ours", () => {
  test("its back-offs drive our pauses, in order", async () => {
    const { clock } = noWait();
    vi.useRealTimers();
    const policy = retry({ clock, maxAttempts: 4, retryIf: again, backoff: new IterableBackoff([10, 20, 30]) });
    await expect(policy.execute(fail)).rejects.toThrow("failed");
    expect(clock.waits).toEqual([10, 20, 30]);
    const seen: unknown[] = [];
    const delegate = new cockatiel.DelegateBackoff<{ attempt: number; result: unknown }>(({ attempt, result }) => {
      seen.push([attempt, result]);
      return attempt * 5;
    });
    const error = new Error("failed");
    const call = retry({ clock, retryIf: again, backoff: delegate }).execute(() => Promise.reject(error));
    await expect(call).rejects.toBe(error);
    expect([seen, clock.waits.slice(3)]).toEqual([
      [
        [1, { error }],
        [2, { error }],
      ],
      [5, 10],
    ]);
  });

  const theirs = () => cockatiel.retry(handleAll, { maxAttempts: 1 });
  const ours = () => retry({ backoff: 0, retryIf: again, maxAttempts: 2, logger: silentLogger });
  const limit = () => timeout({ timeoutMs: 60_000 });
  test.each([
    ["its retry", () => compose(theirs()), [1, 2]],
    ["its retry around ours that count nothing", () => compose(theirs(), limit()), [1, 2]],
    ["its retry in its wrap", () => compose(limit(), wrap(theirs(), limit())), [1, 2]],
    ["our retry in its wrap", () => compose(limit(), wrap(ours(), limit())), [1, 2]],
    ["its retry in ours", () => compose(ours(), theirs()), [1, 2, 1, 2]],
    ["our retry in its, in its wrap", () => compose(limit(), wrap(theirs(), ours())), [1, 2, 1, 2]],
    ["ours, composed, in its wrap", () => compose(limit(), wrap(theirs(), compose(ours(), limit()))), [1, 2, 1, 2]],
    ["our retry around others of its", () => compose(ours(), cockatiel.bulkhead(1)), [1, 2]],
  ])("attempts count from 1, as with us, under %s", async (_, policyOf, expected) => {
    vi.useRealTimers();
    const seen: number[] = [];
    const call = policyOf().execute((context) => {
      seen.push((context as { attempt: number }).attempt);
      return fail();
    });
    await expect(call).rejects.toThrow("failed");
    expect(seen).toEqual(expected);
  });

  test("its policies compose with ours, and see our signal abort", async () => {
    const clock = manualClock();
    vi.useRealTimers();
    const policy = compose(timeout({ timeoutMs: 100, clock }), cockatiel.bulkhead(1), retry({ clock }));
    let signal: AbortSignal | undefined;
    const result = policy.execute((context) => {
      signal = context.signal;
      return hung();
    });
    const outcome = expect(result).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await clock.advance(100);
    await outcome;
    expect(signal?.aborted).toBe(true);
  });

  test("its breaker inside our retry stops the call through the classifier of the breaker's error", async () => {
    vi.useRealTimers();
    const breaker = cockatiel.circuitBreaker(handleWhen(again), {
      breaker: new cockatiel.ConsecutiveBreaker(1),
      halfOpenAfter: 60_000,
    });
    const error = Object.assign(new Error("down"), { code: "ECONNREFUSED" });
    const policy = compose(retry(noWait()), breaker);
    const caught = await policy.execute(() => Promise.reject(error)).catch((reason: unknown) => reason);
    expect(attemptsOf(caught)?.attempts.length).toBe(2);
  });
});

test("compose infers contexts and alternatives as wrap does", () => {
  const typed = compose(
    cockatiel.retry(handleAll, {}),
    cockatiel.fallback(handleAll, "else"),
    timeout({ timeoutMs: 1 }),
  );
  const theirs = wrap(cockatiel.retry(handleAll, {}), cockatiel.fallback(handleAll, "else"));
  const run = () => typed.execute(({ attempt, signal }) => [attempt, signal] as const);
  const runTheirs = () => theirs.execute(({ attempt, signal }) => [attempt, signal] as const);
  expectTypeOf(run).returns.resolves.toEqualTypeOf<string | readonly [number, AbortSignal]>();
  expectTypeOf(runTheirs).returns.resolves.toEqualTypeOf<string | readonly [number, AbortSignal]>();
  const ours: cockatiel.IPolicy = retry();
  const merged = wrap(retry(), cockatiel.fallback(handleAll, 1), timeout({ timeoutMs: 1 }));
  expectTypeOf(() => merged.execute(() => "value")).returns.resolves.toEqualTypeOf<string | number>();
  expect(ours.execute).toBeTypeOf("function");
});
