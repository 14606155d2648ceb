import { classifyAsSdk } from "./classify-as-sdk.ts";
import { exponential } from "./exponential.ts";
import { givenOptions } from "./given-options.ts";
import { retryBudget } from "./retry-budget.ts";
import type { RetryOptions } from "./retry-options.ts";

/**
 * Exactly the AWS SDK's standard mode of 2026, and what you add to it: 3 attempts, full jitter from 50 ms (1,000 ms
 * throttled) to 20 s, 500 tokens, its table of errors. Each call makes options of its own, budget included.
 */
export function aws2026(overrides: RetryOptions = {}): RetryOptions {
  return {
    maxAttempts: 3,
    backoff: exponential({ baseMs: 50, throttlingBaseMs: 1_000, maxMs: 20_000 }),
    retryAfter: "clamp",
    budget: retryBudget({ style: "tokens", capacity: 500, retryCost: 14, throttlingCost: 5, successRefund: 1 }),
    classify: classifyAsSdk(overrides.clock),
    ...givenOptions(overrides),
  };
}
