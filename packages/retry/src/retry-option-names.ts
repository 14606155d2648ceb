import type { RetryOptions } from "./retry-options.ts";

/** Every option of a retry policy: any other name is a mistake. */
export const retryOptionNames: Readonly<Record<keyof RetryOptions, true>> = {
  name: true,
  maxAttempts: true,
  backoff: true,
  maxElapsedMs: true,
  deadline: true,
  attemptNeedsMs: true,
  retryAfter: true,
  maxRetryAfterMs: true,
  budget: true,
  classify: true,
  retryIf: true,
  retryResultIf: true,
  idempotent: true,
  uncounted: true,
  refresh: true,
  whenCircuitOpen: true,
  nested: true,
  unref: true,
  onRetry: true,
  onGiveUp: true,
  clock: true,
  random: true,
  logger: true,
};
