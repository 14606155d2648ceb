import { getEventListeners } from "node:events";
import { circuitBreaker, circuitsByKey } from "@holdfast/circuit-breaker";
import { attemptsOf, compose } from "@holdfast/errors";
import { type CallContext, type ComposablePolicy, executeOf, silentLogger } from "@holdfast/errors/policy";
import { type ManualClock, manualClock } from "@holdfast/errors/testing";
import { bulkhead } from "@holdfast/limiter";
import { fallback, hedge, retry, timeout } from "@holdfast/retry";
import fc from "fast-check";
import { expect, test } from "vitest";

type Log = (what: string, facts?: unknown) => void;
type Layer = (clock: ManualClock, log: Log) => ComposablePolicy<string>;

const retryIf = () => true;
const logger = silentLogger; // a retry in a retry is said aloud, once
const halfOpen = { probeTimeoutMs: 50 };
const layers: Record<string, Layer> = {
  retry: (clock, log) => {
    const policy = retry({ backoff: 7, clock, random: () => 0.5, retryIf, logger });
    policy.onAttempt((event) => log("attempt", event));
    policy.onGiveUp((event) => log("given up", event));
    policy.onLateResult((event) => log("late for the retry", event));
    return policy;
  },
  "plain retry": (clock, log) => {
    const policy = retry({ backoff: 7, clock, random: () => 0.5, retryIf, logger });
    policy.onRetry((event) => log("retry", event));
    policy.onLateResult((event) => log("late for the plain retry", event)); // nothing that makes it watch each attempt
    return policy;
  },
  "retry with a limit": (clock) => retry({ backoff: 0, maxElapsedMs: 41, clock, retryIf, logger }),
  circuit: (clock, log) => {
    const policy = circuitBreaker({
      consecutiveFailures: 2,
      openMs: 20,
      clock,
      halfOpen: { ...halfOpen, others: "queue" },
    });
    policy.onStateChange((event) => log("state", event));
    return policy;
  },
  "observing circuit": (clock, log) => {
    const policy = circuitBreaker({ consecutiveFailures: 1, slowCallMs: 10, clock, mode: "observe", halfOpen });
    policy.onSuccess((event) => log("success", event));
    policy.onFailure((event) => log("failure", event));
    policy.onReject((event) => log("would reject", event));
    return policy;
  },
  circuits: (clock, log) => {
    const policy = circuitsByKey({ consecutiveFailures: 1, openMs: 3, clock, halfOpen });
    policy.onReject((event) => log("reject", event));
    return policy;
  },
  "short timeout": (clock, log) => {
    const policy = timeout({ timeoutMs: 11, clock });
    policy.onTimeout((event) => log("timeout", event));
    policy.onLateResult((event) => log("late for the timeout", event));
    return policy;
  },
  "no time at all": (clock) => timeout({ timeoutMs: 0, clock }),
  bulkhead: (clock) => bulkhead({ maxConcurrent: 2, clock }),
  hedge: (clock) => hedge({ delayMs: 13, clock }),
  fallback: () => fallback({ to: (error) => `instead of ${error}` }),
};

/** The same policy without `around`, as one of another make: `compose` runs it by its `executeWithin`. */
function byPromises(policy: ComposablePolicy<string>): ComposablePolicy<string> {
  const { _altReturn, onSuccess, onFailure } = policy;
  const executeWithin: typeof policy.executeWithin = (context, next) => policy.executeWithin(context, next);
  return { _altReturn, onSuccess, onFailure, executeWithin, execute: executeOf({ executeWithin }) };
}

const call = fc.record({
  /** What each attempt does; the last one for all that follow. */
  attempts: fc.array(
    fc.record({
      how: fc.constantFrom("resolve", "reject", "throw", "return", "hang", "read the signal", "abort the call"),
      afterMs: fc.constantFrom(1.3, 5.3, 17.3, 43.3),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  abortAfterMs: fc.option(fc.constantFrom(0, 4.1, 12.1, 30.1)),
  hasSignal: fc.boolean(),
});
type Call = typeof call extends fc.Arbitrary<infer Given> ? Given : never;

/** All that the calls come to, one after another, and all that their policies say meanwhile. */
async function storyOf(policiesOf: (clock: ManualClock, log: Log) => ComposablePolicy<string>[], calls: Call[]) {
  const clock = manualClock(0);
  const story: string[] = [];
  const log: Log = (what, facts) => story.push(`${clock.now()} ${what} ${JSON.stringify(facts, errorsAsText)}`);
  const [first, ...rest] = policiesOf(clock, log);
  const policy = compose(first!, ...rest);
  for (const { attempts, abortAfterMs, hasSignal } of calls) {
    const caller = new AbortController();
    let made = 0;
    const fn = (context: CallContext): Promise<string> | string => {
      const { how, afterMs } = attempts[Math.min(made++, attempts.length - 1)]!;
      log(how, { attempt: context.attempt, deadline: context.deadline, aborted: context.aborted });
      if (how === "throw") throw new Error("thrown");
      if (how === "return") return "returned";
      context.onAbort((reason) =>
        log("heard", { reason, aborted: how === "read the signal" && context.signal.aborted }),
      );
      if (how === "abort the call") caller.abort(new Error("from within"));
      return new Promise((resolve, reject) => {
        if (how === "reject") clock.setTimeout(() => reject(new Error("rejected")), afterMs);
        else if (how !== "hang") clock.setTimeout(() => resolve("resolved"), afterMs);
      });
    };
    const result = hasSignal ? policy.execute(fn, caller.signal) : policy.execute(fn);
    const told = result.then(
      (value) => log("value", value),
      (error: unknown) => log("error", { error, ledger: attemptsOf(error) }),
    );
    if (abortAfterMs !== null) clock.setTimeout(() => caller.abort(new Error("from without")), abortAfterMs);
    await clock.advance(10_000);
    caller.abort(new Error("at last")); // what hangs with no timeout around it ends here, or never
    if (hasSignal) await told;
    await clock.advance(10_000);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  }
  expect(clock.pending).toBe(0);
  return story;
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}

test("a pipeline with one promise tells the same story as with a promise for each policy", async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(layers)), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(names, fc.array(call, { minLength: 1, maxLength: 3 }), async (chosen, calls) => {
      const told = await storyOf((clock, log) => chosen.map((name) => layers[name]!(clock, log)), calls);
      const expected = await storyOf(
        (clock, log) => chosen.map((name) => byPromises(layers[name]!(clock, log))),
        calls,
      );
      // What is told in one and the same instant may come in another order: a promise takes turns of the queue.
      expect(told.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 150, seed: 27 },
  );
});
