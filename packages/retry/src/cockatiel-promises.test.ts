import { compose } from "@holdfast/errors";
import * as cockatiel from "cockatiel";
import { handleWhen, TimeoutStrategy, wrap } from "cockatiel";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fallback } from "./fallback.ts";
import { outcomeAfter } from "./outcome-after.fixture.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const again = () => true;
const hung = () => new Promise<never>(() => {});
const after = outcomeAfter((ms) => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what cockatiel promises holds of both", () => {
  const failed = new Error("failed");
  const retries = {
    theirs: () =>
      cockatiel.retry(
        handleWhen((error) => error === failed),
        { maxAttempts: 2 },
      ),
    ours: () => retry({ backoff: 0, retryIf: (error) => error === failed }),
  };

  test.each(Object.entries(retries))(
    "retry of %s: repeats what it handles, passes the rest on at once",
    async (_, make) => {
      const other = new Error("other");
      const fn = vi.fn(() => Promise.reject(failed));
      const unhandled = vi.fn(() => Promise.reject(other));
      expect(await after(10, make().execute(fn))).toBe(failed);
      expect(await after(10, make().execute(unhandled))).toBe(other);
      expect([fn.mock.calls.length, unhandled.mock.calls.length]).toEqual([3, 1]);
    },
  );

  test.each(Object.entries(retries))(
    "retry of %s: tells of each failure, of one success, of giving up once",
    async (_, make) => {
      const told: unknown[] = [];
      const policy = make();
      policy.onFailure(({ handled }) => told.push(["failure", handled]));
      policy.onSuccess(() => told.push("success"));
      policy.onRetry(({ attempt }) => told.push(["retry", attempt]));
      policy.onGiveUp(() => told.push("gave up"));
      const failures = [failed];
      await after(
        10,
        policy.execute(() => (failures.length > 0 ? Promise.reject(failures.pop()) : 1)),
      );
      expect(told.splice(0)).toEqual([["failure", true], ["retry", 1], "success"]);
      await after(
        10,
        policy.execute(() => Promise.reject(failed)),
      );
      expect(told.filter((event) => event === "gave up")).toHaveLength(1);
    },
  );

  test.each([
    [
      "theirs",
      cockatiel.retry(
        cockatiel.handleWhenResult((value) => value === "bad"),
        { maxAttempts: 2 },
      ),
    ],
    ["ours", retry({ backoff: 0, retryResultIf: (value) => value === "bad" })],
  ] as const)("retry of %s: returns the last refused result", async (_, policy) => {
    const fn = vi.fn(() => "bad");
    expect(await after(10, policy.execute(fn))).toEqual({ value: "bad" });
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test.each([
    ["theirs", () => cockatiel.timeout(100, TimeoutStrategy.Aggressive)],
    ["ours", () => timeout({ timeoutMs: 100 })],
  ] as const)("timeout of %s: strikes at its limit and not before, and clears up", async (_, make) => {
    const quick = make().execute(() => 1);
    expect(await after(0, quick)).toEqual({ value: 1 });
    const slow = make().execute(() => new Promise((resolve) => setTimeout(resolve, 99, "in time")));
    expect(await after(99, slow)).toEqual({ value: "in time" });
    const failing = make().execute(() => Promise.reject(failed));
    expect(await after(0, failing)).toBe(failed);
    const late = make().execute(hung);
    expect([await after(99, late), (await after(1, late)) instanceof Error]).toEqual(["still waiting", true]);
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [
      "theirs",
      cockatiel.fallback(
        handleWhen((error) => error === failed),
        () => "else",
      ),
    ],
    ["ours", fallback({ to: () => "else", when: (error) => error === failed })],
  ] as const)("fallback of %s: answers for what it handles alone", async (_, policy) => {
    expect(
      await after(
        0,
        policy.execute(() => "value"),
      ),
    ).toEqual({ value: "value" });
    expect(
      await after(
        0,
        policy.execute(() => Promise.reject(failed)),
      ),
    ).toEqual({ value: "else" });
    expect(
      await after(
        0,
        policy.execute(() => Promise.reject("other")),
      ),
    ).toBe("other");
  });

  test("compose, like wrap: the outermost policy's events are those of the whole", () => {
    const outer = retry({ backoff: 0, retryIf: again, maxAttempts: 1 });
    const inner = timeout({ timeoutMs: 100 });
    for (const policy of [wrap(outer, inner), compose(outer, inner)]) {
      expect([policy.onSuccess, policy.onFailure]).toEqual([outer.onSuccess, outer.onFailure]);
      expect(policy.wrapped).toEqual([outer, inner]);
    }
  });
});
