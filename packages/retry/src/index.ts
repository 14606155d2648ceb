export type { Backoff, BackoffStep } from "./backoff.ts";
export type { BackoffSource, CockatielBackoff } from "./backoff-source.ts";
export { type ConstantOptions, constant } from "./constant.ts";
export { deadlineFromLambda, type LambdaDeadlineOptions, type LambdaTime } from "./deadline-from-lambda.ts";
export { type DecorrelatedOptions, decorrelated } from "./decorrelated.ts";
export { type ExponentialOptions, exponential } from "./exponential.ts";
export { type FallbackEvent, type FallbackOptions, type FallbackPolicy, fallback } from "./fallback.ts";
export { type HedgeEvent, type HedgeOptions, type HedgePolicy, hedge } from "./hedge.ts";
export type { Jitter } from "./jitter.ts";
export { type JitteredLinearOptions, jitteredLinear } from "./jittered-linear.ts";
export { type LinearOptions, linear } from "./linear.ts";
export { presets } from "./presets.ts";
export type { RatioBudgetOptions } from "./ratio-budget.ts";
export { retry } from "./retry.ts";
export {
  type BudgetAccount,
  type BudgetDeniedEvent,
  type RetryBudget,
  type RetryBudgetOptions,
  retryBudget,
} from "./retry-budget.ts";
export type { AttemptEvent, FailureReason, GiveUpEvent, LateResultEvent, RetryEvent } from "./retry-events.ts";
export type { RetryOptions } from "./retry-options.ts";
export type { RetryPolicy } from "./retry-policy.ts";
export { retryable, retryOnThrottle } from "./retryable.ts";
export type { TimeoutEvent } from "./timed-call.ts";
export { TimeoutError, type TimeoutOptions, type TimeoutPolicy, timeout } from "./timeout.ts";
export type { TokenBudgetOptions } from "./token-budget.ts";
export { type Executor, withRetry } from "./with-retry.ts";
