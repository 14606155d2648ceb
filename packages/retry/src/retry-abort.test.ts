import { getEventListeners } from "node:events";
import { attemptsOf, compose } from "@holdfast/errors";
import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { failingWith, throttled, transient, watch } from "./failures.fixture.ts";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";
import { retryBudget } from "./retry-budget.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { timeout } from "./timeout.ts";

const failing = (...errors: unknown[]) => vi.fn(failingWith(...errors));
const always = (error: unknown) => vi.fn(() => Promise.reject(error));

describe("an abort", () => {
  const stop = new Error("stop");

  test("before the call refuses it with the signal's reason", async () => {
    const fn = failing();
    const signal = AbortSignal.abort(stop);
    await expect(retry().execute(fn, signal)).rejects.toBe(stop);
    await expect(retry().executeWithin(CallContext.root({ signal }), fn)).rejects.toBe(stop);
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

  const listening: Record<string, (policy: RetryPolicy, abort: () => void) => void> = {
    "a failure": (policy, abort) => policy.onFailure(abort),
    "a retry": (policy, abort) => policy.onRetry(abort),
  };
  const executing: Record<string, (policy: RetryPolicy, signal: AbortSignal) => Promise<unknown>> = {
    execute: (policy, signal) => policy.execute(always(transient()), signal),
    executeWithin: (policy, signal) => policy.executeWithin(CallContext.root({ signal }), always(transient())),
  };
  const cases = Object.keys(listening).flatMap((event) => Object.keys(executing).map((by) => [event, by] as const));

  test.each(cases)(
    "by who hears of %s comes before the pause: no timer is set, nothing told after the end (%s)",
    async (event, by) => {
      const clock = manualClock();
      const controller = new AbortController();
      const budget = retryBudget({ style: "ratio", ratio: 0, minConcurrent: 1 });
      const policy = retry({ clock, backoff: 2_000, budget });
      const told: string[] = [];
      policy.onRetry(() => told.push("retry"));
      policy.onGiveUp(({ stopReason }) => told.push(stopReason));
      listening[event]!(policy, () => controller.abort(stop));
      const result = watch(executing[by]!(policy, controller.signal));
      await clock.advance(0);
      expect(result).toEqual({ state: "rejected", value: stop });
      expect([clock.pending, budget.level]).toEqual([0, 1]);
      expect(told).toEqual(event === "a retry" ? ["retry", "aborted"] : ["aborted"]);
    },
  );

  test("after the end is none of the policy's business", async () => {
    const controller = new AbortController();
    const policy = retry({ maxElapsedMs: 60_000 });
    const onGiveUp = vi.fn();
    policy.onGiveUp(onGiveUp);
    const context = CallContext.root({ signal: controller.signal });
    await expect(policy.executeWithin(context, failing())).resolves.toBe("value");
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort(stop);
    expect(onGiveUp).not.toHaveBeenCalled();
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
