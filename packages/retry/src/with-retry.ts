import { assertFunction } from "@holdfast/errors/policy";
import { retry } from "./retry.ts";
import type { RetryOptions } from "./retry-options.ts";

/** A policy to run a function under: any of this package, or of cockatiel's. */
export interface Executor {
  execute<T>(fn: () => PromiseLike<T> | T): Promise<T>;
}

/** The policy given, or a retry of the options given. */
export function executorOf(options: RetryOptions | Executor): Executor {
  return isExecutor(options) ? options : retry(options);
}

export function isExecutor(options: RetryOptions | Executor): options is Executor {
  return typeof (options as Partial<Executor> | null)?.execute === "function";
}

/**
 * The function, retried: same arguments, same `this`, always a promise. Give a policy instead of options to share
 * one, its budget and its events over several functions. A synchronous function may be given too: what it throws
 * is retried, with pauses that block nothing.
 *
 * @throws OptionError if an option is out of range, or `fn` is no function.
 */
export function withRetry<This, Arguments extends unknown[], Result>(
  fn: (this: This, ...given: Arguments) => PromiseLike<Result> | Result,
  options: RetryOptions | Executor = {},
): (this: This, ...given: Arguments) => Promise<Result> {
  assertFunction("fn", fn);
  const policy = executorOf(options);
  return function retried(this: This, ...given: Arguments) {
    return policy.execute(() => fn.apply(this, given));
  };
}
