import { getEventListeners } from "node:events";
import { attemptsOf, compose } from "@holdfast/errors";
import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { transient } from "./failures.fixture.ts";
import { retry } from "./retry.ts";
import type { GiveUpEvent } from "./retry-events.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { timeout } from "./timeout.ts";

const policies = {
  "a retry": () => retry({ backoff: 0 }),
  "a retry around a timeout": () => compose(retry({ backoff: 0 }), timeout({ timeoutMs: 60_000 })),
  "a timeout around a retry": () => compose(timeout({ timeoutMs: 60_000 }), retry({ backoff: 0 })),
};
const callers = { "that nobody can abort": undefined, "with a signal": new AbortController().signal };

describe.each(Object.entries(policies))("under %s, a call", (_policy, policyOf) => {
  test.each(Object.entries(callers))(
    "%s answers with its first attempt, or with one that follows",
    async (_, signal) => {
      const execute = <T>(fn: () => Promise<T>) =>
        signal === undefined ? policyOf().execute(fn) : policyOf().execute(fn, signal);
      await expect(execute(async () => "at once")).resolves.toBe("at once");
      const failures = [transient(), transient()];
      const later = async () => {
        if (failures.length > 0) throw failures.pop();
        return "at last";
      };
      await expect(execute(later)).resolves.toBe("at last");
      await new Promise((resolve) => setImmediate(resolve));
      expect(signal === undefined ? [] : getEventListeners(signal, "abort")).toEqual([]);
    },
  );
});

describe.each([
  ["execute", (given: RetryPolicy, fn: () => Promise<never>, signal: AbortSignal) => given.execute(fn, signal)],
  [
    "executeWithin",
    (given: RetryPolicy, fn: () => Promise<never>, signal: AbortSignal) =>
      given.executeWithin(CallContext.root({ signal }), fn),
  ],
])("a caller who leaves, by %s,", (_name, begin) => {
  test.each([
    ["the first attempt", 50, [{ number: 1, durationMs: 50 }]],
    ["the pause after it", 150, [{ number: 1, durationMs: 100 }]],
    [
      "the second attempt",
      1_150,
      [
        { number: 1, durationMs: 100 },
        { number: 2, durationMs: 50, delayMs: 1_000 },
      ],
    ],
    ["the pause after that", 1_700, [{ number: 1 }, { number: 2, durationMs: 100, delayMs: 1_000 }]],
  ])("during %s finds on the reason what was tried", async (_when, abortAfterMs, attempts) => {
    const clock = manualClock();
    const policy = retry({ backoff: 1_000, clock });
    const given: GiveUpEvent[] = [];
    policy.onGiveUp((event) => given.push(event));
    const caller = new AbortController();
    const fn = () => new Promise<never>((_, reject) => clock.setTimeout(() => reject(transient()), 100));
    const settled = begin(policy, fn, caller.signal).catch(() => {});
    await clock.advance(abortAfterMs);
    const reason = new Error("enough");
    caller.abort(reason);
    expect(attemptsOf(reason)).toMatchObject({ attempts, stopReason: "aborted", elapsedMs: abortAfterMs });
    expect(attemptsOf(reason)?.attempts).toHaveLength(attempts.length);
    expect(given).toMatchObject([{ attempts: attempts.length, stopReason: "aborted", reason: { error: reason } }]);
    await clock.advance(10_000);
    await settled;
    expect(clock.pending).toBe(0);
  });
});

test("a call that was given up is no success, though its attempt succeeds after all", async () => {
  const clock = manualClock();
  const policy = retry({ clock });
  const [succeeded, late] = [vi.fn(), vi.fn()];
  policy.onSuccess(succeeded);
  policy.onLateResult(late);
  const caller = new AbortController();
  const slow = () => new Promise((resolve) => clock.setTimeout(() => resolve("late"), 100));
  const result = policy.executeWithin(CallContext.root({ signal: caller.signal }), slow);
  caller.abort("enough");
  await Promise.all([expect(result).rejects.toBe("enough"), clock.advance(100)]);
  expect(succeeded).not.toHaveBeenCalled();
  expect(late.mock.calls).toEqual([[{ attempt: 1, outcome: { value: "late" }, call: undefined }]]);
});
