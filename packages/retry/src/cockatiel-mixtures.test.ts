import { compose } from "@holdfast/errors";
import { type Policy, silentLogger } from "@holdfast/errors/policy";
import * as cockatiel from "cockatiel";
import { handleAll, TimeoutStrategy, wrap } from "cockatiel";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fallback } from "./fallback.ts";
import { hedge } from "./hedge.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const again = { retryIf: () => true, logger: silentLogger, random: () => 0.5 };
const ours = {
  retry: () => retry({ ...again, backoff: 5_000 }),
  "retry without pauses": () => retry({ ...again, backoff: 0, maxElapsedMs: 60, nested: "single" }),
  timeout: () => timeout({ timeoutMs: 30 }),
  hedge: () => hedge({ delayMs: 12 }),
  "a late hedge": () => hedge({ delayMs: 5_000 }),
  fallback: () => fallback({ to: () => "else" }),
};
const theirs = {
  "their retry": () => cockatiel.retry(handleAll, { maxAttempts: 1, backoff: new cockatiel.ConstantBackoff(4) }),
  "their timeout": () => cockatiel.timeout(40, TimeoutStrategy.Aggressive),
  "their lazy timeout": () => cockatiel.timeout(40, TimeoutStrategy.Cooperative),
  "their bulkhead": () => cockatiel.bulkhead(10),
  "their fallback": () => cockatiel.fallback(handleAll, "else"),
  "their breaker": () =>
    cockatiel.circuitBreaker(handleAll, { breaker: new cockatiel.ConsecutiveBreaker(50), halfOpenAfter: 10 }),
};
// biome-ignore lint/suspicious/noExplicitAny: policies of both makes, whatever they add
type Any = Policy<any, any>;
const makers: Record<string, () => Any> = { ...ours, ...theirs };

// biome-ignore lint/suspicious/noExplicitAny: as above
const wrapped = (...policies: Any[]): Any => wrap(...(policies as cockatiel.IPolicy<any, any>[])) as Any;
const composed = (first: Any, ...more: Any[]): Any => compose(first, ...more);
/** Both ways round: ours in their `wrap`, theirs in our `compose`, and each of these in the other. */
const joints: Record<string, (outer: Any, inner: readonly Any[]) => Any> = {
  compose: (outer, inner) => composed(outer, ...inner),
  wrap: (outer, inner) => wrapped(outer, ...inner),
  "wrap in compose": (outer, inner) => (inner.length === 0 ? outer : composed(outer, wrapped(...inner))),
  "compose in wrap": (outer, [first, ...more]) =>
    first === undefined ? outer : wrapped(outer, composed(first, ...more)),
};

const answers = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 30 }), fails: fc.boolean() }), {
  minLength: 1,
});
const call = fc.record({ answers, reads: fc.boolean(), abortAfterMs: fc.option(fc.integer({ min: 0, max: 120 })) });

/** Runs the policy over a function that answers as listed, again and again; says what it had come to after the abort, and at last. */
async function run(
  policy: Any,
  { answers, reads, abortAfterMs }: typeof call extends fc.Arbitrary<infer C> ? C : never,
) {
  vi.clearAllTimers();
  const controller = new AbortController();
  let calls = 0;
  const fn = (context: { readonly signal: AbortSignal }) => {
    if (reads) void context.signal.aborted;
    const { afterMs, fails } = answers[calls++ % answers.length]!;
    return new Promise<string>((resolve, reject) => {
      setTimeout(() => (fails ? reject(new Error("failed")) : resolve("value")), afterMs);
    });
  };
  let outcome: unknown;
  policy.execute(fn, controller.signal).then(
    (value) => {
      outcome ??= { value };
    },
    (error: unknown) => {
      outcome ??= { error };
    },
  );
  await vi.advanceTimersByTimeAsync(abortAfterMs ?? 0);
  const before = { outcome, calls };
  if (abortAfterMs !== null) controller.abort("stop");
  await vi.advanceTimersByTimeAsync(0);
  const atAbort = outcome;
  await vi.advanceTimersByTimeAsync(abortAfterMs === null ? 120_000 : 500); // what the functions and short timers take
  return { before, atAbort, atLast: outcome, calls };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// Vitest fails a file in which a rejection is handled by nobody.
test("any mixture of policies, in any order, settles, obeys an abort at once, and leaves neither timer nor call", async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(makers)), { maxLength: 3 });
  const outermost = fc.constantFrom(...Object.keys(ours));
  await fc.assert(
    fc.asyncProperty(
      outermost,
      names,
      fc.constantFrom(...Object.keys(joints)),
      call,
      async (outer, inner, joint, given) => {
        const policy = joints[joint]!(
          makers[outer]!(),
          inner.map((name) => makers[name]!()),
        );
        const { before, atAbort, atLast, calls } = await run(policy, given);
        expect(atLast).toBeDefined();
        if (given.abortAfterMs !== null) expect(atAbort).toEqual(before.outcome ?? { error: "stop" });
        if (given.abortAfterMs !== null && !inner.includes("their retry")) expect(calls).toBe(before.calls);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 1_000, seed: 4 },
  );
});
