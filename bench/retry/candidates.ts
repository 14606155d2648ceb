import { retryMiddleware, StandardRetryStrategy } from "@smithy/core/retry";
import {
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker as cockatielBreaker,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  handleAll,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import { Effect } from "effect";
import { Circuit, Retry, SlidingCountBreaker, Timeout } from "mollitia";
import Opossum from "opossum";
import pRetry from "p-retry";
import { circuitBreaker } from "../../packages/circuit-breaker/src/index.ts";
import { compose } from "../../packages/errors/src/index.ts";
import { retry, timeout } from "../../packages/retry/src/index.ts";

/** A function to run, and what runs it: the same policies by each library. */
export type Run = (fn: (context?: { readonly signal: AbortSignal }) => Promise<unknown>) => PromiseLike<unknown>;

const timeoutMs = 10_000;
const again = () => true;
/** Where 1,000 calls at once fail, a circuit must not open, or there is nothing to measure. */
const neverOpens = { consecutiveFailures: 1_000_000_000 };

const ourRetry = () => retry({ maxAttempts: 3, backoff: 0, retryIf: again });
const ourStack = () => compose(ourRetry(), circuitBreaker(neverOpens), timeout({ timeoutMs }));
const theirRetry = () => cockatielRetry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(0) });
const theirBreaker = () =>
  cockatielBreaker(handleAll, { breaker: new ConsecutiveBreaker(1_000_000_000), halfOpenAfter: 3_600_000 });
const theirTimeout = (abortOnReturn = true) =>
  cockatielTimeout(timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn });

/**
 * Candidates, each by the name it has in the tables. `signal` is what callers who can give up pass. Each has a call
 * of its own, as in a program: one call shared by all would cost every library what V8 charges for not knowing which.
 */
export function candidates(signal: AbortSignal): Record<string, Run> {
  const sdk = retryMiddleware({
    retryStrategy: async () => new StandardRetryStrategy(3),
    maxAttempts: async () => 3,
  } as never);
  const [ours, oursGiven] = [ourRetry(), ourRetry()];
  const [stack, stackGiven] = [ourStack(), ourStack()];
  const wrapped = wrap(ourRetry(), circuitBreaker(neverOpens), timeout({ timeoutMs }));
  const theirs = theirRetry();
  const theirStack = wrap(theirRetry(), theirBreaker(), theirTimeout());
  const theirBest = wrap(theirRetry(), theirBreaker(), theirTimeout(false));
  const theirStackGiven = wrap(theirRetry(), theirBreaker(), theirTimeout());
  return {
    bare: (fn) => fn(),
    "ours: retry": (fn) => ours.execute(fn),
    "ours: retry, signal given": (fn) => oursGiven.execute(fn, signal),
    "ours: retry + breaker + timeout": (fn) => stack.execute(fn),
    "ours: retry + breaker + timeout, signal given": (fn) => stackGiven.execute(fn, signal),
    "ours, in cockatiel's wrap": (fn) => wrapped.execute(fn),
    "cockatiel: retry": (fn) => theirs.execute(fn),
    "cockatiel: retry + breaker + timeout": (fn) => theirStack.execute(fn),
    "cockatiel: the same, abortOnReturn: false": (fn) => theirBest.execute(fn),
    "cockatiel: retry + breaker + timeout, signal given": (fn) => theirStackGiven.execute(fn, signal),
    "opossum: breaker + timeout": runOpossum(),
    "p-retry": (fn) => pRetry(() => fn(), { retries: 2, minTimeout: 0 }),
    "mollitia: retry + breaker + timeout": runMollitia(),
    "effect: retry": (fn) =>
      Effect.runPromise(
        Effect.retry(
          Effect.tryPromise(() => fn()),
          { times: 2 },
        ),
      ),
    "aws-sdk: retryMiddleware": (fn) =>
      sdk(
        async () => {
          await fn();
          return { response: undefined, output: { $metadata: {} } };
        },
        { partition_id: "aws" } as never,
      )({ input: {}, request: {} } as never),
  };
}

function runOpossum(): Run {
  const circuit = new Opossum((fn: () => Promise<unknown>) => fn(), { timeout: timeoutMs });
  return (fn) => circuit.fire(fn);
}

function runMollitia(): Run {
  const modules = [
    new Retry({ attempts: 2, interval: 0 }),
    new SlidingCountBreaker({ slidingWindowSize: 10, minimumNumberOfCalls: 10, failureRateThreshold: 1_000 }),
    new Timeout({ delay: timeoutMs }),
  ];
  const circuit = new Circuit({ func: (fn: () => Promise<unknown>) => fn(), options: { modules } });
  return (fn) => circuit.execute(fn);
}
