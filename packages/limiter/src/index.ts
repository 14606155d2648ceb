export {
  type AdaptiveLimiter,
  type AdaptiveLimiterOptions,
  type AdaptiveLimiterSnapshot,
  adaptiveLimiter,
  type EvictEvent,
  type RateChangeEvent,
  type ThrottleEvent,
} from "./adaptive-limiter.ts";
export { awsScope } from "./aws-scope.ts";
export { type Bulkhead, type BulkheadOptions, bulkhead } from "./bulkhead.ts";
export type { RateChange } from "./learner/learnt-rate.ts";
export { LimitReachedError, type LimitReachedFacts, type RefusalReason } from "./limit-reached-error.ts";
export type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
export { type RateLimiter, type RateLimiterOptions, type Reservation, rateLimiter } from "./rate-limiter.ts";
