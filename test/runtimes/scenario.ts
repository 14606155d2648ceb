import { circuitBreaker } from "@holdfast/circuit-breaker";
import { attemptsOf, classify, compose, describeError, redact } from "@holdfast/errors";
import { adaptiveLimiter, bulkhead, rateLimiter } from "@holdfast/limiter";
import { createMetrics, observe, policyMetrics } from "@holdfast/metrics";
import { memorySink } from "@holdfast/metrics/memory";
import { fallback, hedge, retry, retryBudget, timeout } from "@holdfast/retry";

/** What must hold wherever the core entries run, by name. Uses nothing but the language, timers and these packages. */
export const scenario: Readonly<Record<string, () => Promise<void>>> = {
  async "classify, describe and redact"() {
    const { kind, retry: advice } = classify(throttled());
    equal([kind, advice, redact({ password: "hunter2" })], ["throttling", "throttling", { password: "[redacted]" }]);
    equal(describeError(throttled()).includes("Rate exceeded"), true);
  },

  async "retry without a pause, and with a short one"() {
    for (const backoff of [0, 2]) {
      equal(await retry({ backoff }).execute(failing(refused(), refused())), "value");
    }
    const error = await caught(retry({ backoff: 0 }).execute(() => Promise.reject(refused())));
    equal([attemptsOf(error)?.attempts.length, attemptsOf(error)?.stopReason], [3, "attempts"]);
  },

  async "retry with a deadline and a budget, and inside a retry"() {
    const quiet = { backoff: 0, logger: { debug() {}, info() {}, warn() {}, error() {} } };
    const budget = retryBudget({ style: "tokens", capacity: 14 });
    const inner = retry({ ...quiet, maxAttempts: 2 });
    const outer = retry({ ...quiet, budget, maxElapsedMs: 60_000 });
    const error = await caught(outer.execute(() => inner.execute(() => Promise.reject(refused()))));
    equal([attemptsOf(error)?.stopReason, budget.level], ["budget", 0]);
  },

  async "give up at an abort: in a pause, in a function that ignores it, and before the first call"() {
    const stop = new Error("stop");
    const controllers = [new AbortController(), new AbortController()];
    const pausing = caught(retry({ backoff: 60_000 }).execute(() => Promise.reject(refused()), controllers[0]!.signal));
    const hung = caught(compose(retry(), timeout({ timeoutMs: 60_000 })).execute(never, controllers[1]!.signal));
    setTimeout(() => {
      for (const controller of controllers) controller.abort(stop);
    }, 2);
    equal([(await pausing) === stop, (await hung) === stop], [true, true]);
    equal((await caught(retry().execute(() => 1, AbortSignal.abort(stop)))) === stop, true);
  },

  async "time out, hedge and fall back"() {
    const limit = timeout({ timeoutMs: 3 });
    let signal: AbortSignal | undefined;
    const late = limit.execute((context) => {
      signal = context.signal;
      return never();
    });
    equal([((await caught(late)) as Error).name, signal?.aborted], ["TimeoutError", true]);
    equal(await limit.execute(async () => "in time"), "in time");
    let calls = 0;
    equal(await hedge({ delayMs: 1 }).execute(() => (calls++ === 0 ? never() : "second")), "second");
    equal(await compose(fallback({ to: () => "instead" }), limit).execute(never), "instead");
  },

  async "open a circuit, refuse, and close it after a probe"() {
    const circuit = circuitBreaker({ consecutiveFailures: 2, openMs: 5 });
    for (let call = 0; call < 2; call++) await caught(circuit.execute(() => Promise.reject(refused())));
    const refusal = (await caught(circuit.execute(() => "never called"))) as { readonly code?: unknown };
    equal([circuit.state, refusal.code], ["open", "ERR_CIRCUIT_OPEN"]);
    const stack = compose(retry({ whenCircuitOpen: "wait", maxAttempts: 20, backoff: 5 }), circuit);
    equal([await stack.execute(() => "value"), circuit.state], ["value", "closed"]);
  },

  async "limit rate and calls in flight, by given limits and by learnt ones"() {
    const rate = rateLimiter({ perSecond: 1_000, burst: 1 });
    const answers = await Promise.all([1, 2, 3].map((value) => rate.execute(() => value)));
    equal(answers, [1, 2, 3]);
    const two = bulkhead({ maxConcurrent: 1, maxQueued: 0 });
    const first = two.execute(() => pause(2));
    equal(((await caught(two.execute(() => 1))) as { readonly code?: unknown }).code, "ERR_LIMIT_REACHED");
    await first;
    const learning = adaptiveLimiter();
    let throttles = 0;
    learning.onThrottle(() => {
      throttles += 1;
    });
    await caught(learning.execute(() => Promise.reject(throttled())));
    equal([throttles, await learning.execute(() => "value")], [1, "value"]);
  },

  async "observe policies"() {
    const memory = memorySink();
    const metrics = createMetrics({ definitions: policyMetrics, namespace: "Runtime", sinks: [memory] });
    const policy = retry({ name: "reads", backoff: 0 });
    observe(policy, { metrics, name: "reads" });
    await policy.execute(failing(refused()));
    await metrics.close();
    equal(memory.total("policyRetries"), 1);
  },
};

const never = (): Promise<never> => new Promise(() => {});
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const refused = (): Error => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const throttled = (): Error =>
  Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } });

/** A function that fails with each of the errors, then returns "value". */
function failing(...errors: Error[]): () => Promise<string> {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return "value";
  };
}

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`Expected ${should}, got ${is}`);
}
