import { expect, test, vi } from "vitest";
import { CallContext } from "./call-context.ts";
import { compose } from "./compose.ts";
import { type Inside, promised, theFunction } from "./inside.ts";
import type { Next } from "./policy.ts";
import { PolicyBase } from "./policy-base.ts";

/** Says of every call that it took 5 ms, and of every failure that it acts on it. */
class Stopwatch extends PolicyBase {
  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    try {
      const value = await next(context);
      this.succeeded(5);
      return value;
    } catch (error) {
      this.failed(5, error, true);
      throw error;
    }
  }

  get isTiming(): boolean {
    return this.timesCalls;
  }
}

test("a policy of a few lines executes, composes and tells how calls end", async () => {
  const policy = new Stopwatch();
  const [succeeded, failed] = [vi.fn(), vi.fn()];
  policy.onSuccess(succeeded);
  policy.onFailure(failed);
  const error = new Error("no");
  await expect(policy.execute((context) => context instanceof CallContext)).resolves.toBe(true);
  await expect(compose(policy, new Stopwatch()).execute(() => Promise.reject(error))).rejects.toBe(error);
  expect(succeeded.mock.calls).toEqual([[{ duration: 5 }]]);
  expect(failed.mock.calls).toEqual([[{ duration: 5, handled: true, reason: { error } }]]);
});

test("a policy with `around` may need all that its constructor makes", async () => {
  class Counter extends PolicyBase {
    readonly #count = { begun: 0 };

    get begun(): number {
      return this.#count.begun;
    }

    executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
      return promised(this.around(theFunction), context, next);
    }

    around(inside: Inside): Inside {
      const count = this.#count;
      return {
        notesTime: inside.notesTime,
        begin(context, fn, settler) {
          count.begun += 1;
          inside.begin(context, fn, settler);
        },
      };
    }
  }
  const counter = new Counter();
  await counter.execute(() => 1);
  await counter.execute(() => 1, new AbortController().signal);
  await compose(counter, new Stopwatch()).execute(() => 1);
  expect(counter.begun).toBe(3);
});

test("times nothing while nobody listens", () => {
  const policy = new Stopwatch();
  expect(policy.isTiming).toBe(false);
  const subscription = policy.onFailure(() => {});
  expect(policy.isTiming).toBe(true);
  subscription.dispose();
  expect(policy.isTiming).toBe(false);
  policy.onSuccess(() => {});
  expect(policy.isTiming).toBe(true);
});
