import type { RetryOptions } from "./retry-options.ts";
import { RetryPolicy } from "./retry-policy.ts";

/**
 * Runs an operation again, after a pause, while it fails in a way that may pass.
 *
 * Rejects with the last error itself, never a wrapper, or with `signal.reason` as soon as the signal aborts,
 * in a pause too. `attemptsOf(error)` tells what was tried and why it stopped.
 *
 * It repeats calls. What an async generator yields or a stream delivers after the call has returned is beyond
 * it: a function that returns an async generator is refused with a TypeError.
 *
 * @throws OptionError if an option is out of range.
 */
export function retry(options: RetryOptions = {}): RetryPolicy {
  return new RetryPolicy(options);
}
