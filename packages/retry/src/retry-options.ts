import type { Classification, Classify } from "@holdfast/errors";
import type { CallDetails, Clock, Logger } from "@holdfast/errors/policy";
import type { BackoffSource } from "./backoff-source.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { GiveUpEvent, RetryEvent } from "./retry-events.ts";

export interface RetryOptions {
  /** Names the policy in messages and metrics. Default `"retry"`. */
  readonly name?: string | undefined;
  /** Calls made in all, the first included: 1 means no retry. Integer ≥ 1, or `Infinity`. Default 3, as in the AWS SDK. */
  readonly maxAttempts?: number | undefined;
  /**
   * The pause before each retry: a back-off, a fixed number of milliseconds, or one of cockatiel's.
   * Default `exponential()`: full jitter over 50 ms · 2^n, 1,000 ms · 2^n after throttling, at most 20,000 ms.
   */
  readonly backoff?: BackoffSource | undefined;
  /**
   * No attempt starts later than this after the first, in milliseconds. `compose(retry(…), timeout(…))` also gives
   * each attempt up at its own limit or at this deadline, whichever is sooner. Default none.
   */
  readonly maxElapsedMs?: number | undefined;
  /**
   * The same as one moment, in milliseconds since the epoch, or asked for at each call. The soonest deadline holds; past
   * it not even a first attempt is made: the call rejects with a `TimeoutError`. Default none.
   */
  readonly deadline?: number | (() => number | undefined) | undefined;
  /** No attempt starts with less than this left before the deadline, in milliseconds. Default 0. */
  readonly attemptNeedsMs?: number | undefined;
  /**
   * What to do with a server's `retry-after`: `"obey"` waits as long as it says and gives up if that is past the
   * deadline or `maxRetryAfterMs`; `"clamp"` waits at most 5 s more than the back-off, as the AWS SDK does;
   * `"ignore"` keeps to the back-off. Default `"obey"`.
   */
  readonly retryAfter?: "obey" | "clamp" | "ignore" | undefined;
  /** The longest `retry-after` that is obeyed, in milliseconds. Default 300,000. */
  readonly maxRetryAfterMs?: number | undefined;
  /** Paid from at each retry; may be shared by many policies. Default none. */
  readonly budget?: RetryBudget | undefined;
  /** Says what an error means. Default `classify` of `@holdfast/errors`. */
  readonly classify?: Classify | undefined;
  /** Decides alone whether an error may be retried. Default: what the classification advises. A throw means no, as from any option here. */
  readonly retryIf?: ((error: unknown, classification: Classification) => boolean) | undefined;
  /** Which results are failures to retry; after the last attempt the result itself is returned. Default none. */
  readonly retryResultIf?: ((value: unknown) => boolean) | undefined;
  /**
   * Whether the operation may safely be done twice. `false`: an ambiguous failure (a timeout, a reset, a 5xx: it
   * may have taken effect) is not retried. Default `true`: what the AWS SDK repeats is repeated.
   */
  readonly idempotent?: boolean | ((call: CallDetails | undefined) => boolean) | undefined;
  /** Failures that use up no attempt, such as a queue that was full; at most 1,000 a call. They pause like others. Default none. */
  readonly uncounted?: ((error: unknown, classification: Classification) => boolean) | undefined;
  /** Renews what an error says has expired (credentials, a cached secret); the call is then made again at once, once; if it fails, the call fails with the error. Default none. */
  readonly refresh?: ((error: unknown, call: CallDetails | undefined) => PromiseLike<void> | void) | undefined;
  /** What an open circuit inside means: stop, or wait for the moment it names if the deadline allows. Default `"stop"`. */
  readonly whenCircuitOpen?: "stop" | "wait" | undefined;
  /**
   * What retry policies called by the function may do. `"share"`: their own attempts, under this one's deadline
   * and budget. `"single"`: one attempt each; every call then enters an AsyncLocalStorage, about 200 ns. Default `"share"`.
   */
  readonly nested?: "share" | "single" | undefined;
  /** Whether a pause lets the process end. Default `false`. */
  readonly unref?: boolean | undefined;
  /** Called once a retry is decided, before the pause. `attempt` is the one that failed. A throw is ignored and reported once. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Called when no further attempt is made though the last one failed. A throw is ignored and reported once. */
  readonly onGiveUp?: ((event: GiveUpEvent) => void) | undefined;
  /** Default: the system's. Tests pass a manual clock. */
  readonly clock?: Clock | undefined;
  /** Source of jitter in [0, 1). Default `Math.random`; tests pass a constant. */
  readonly random?: (() => number) | undefined;
  /** Hears, once a policy, of retries inside retries; and whenever an option throws. Default `console`. */
  readonly logger?: Logger | undefined;
}
