// What a policy is made of: for the packages of this house and for users who write policies of their own.
export type { AbortListener } from "./abort-listener.ts";
export { AbortScope } from "./abort-scope.ts";
export { beginCall, executeOf, executeSpread, untilAborted } from "./begin-call.ts";
export { CallContext, type CallContextOptions, type CallDetails } from "./call-context.ts";
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { type Disposable, Emitter, type Event } from "./event.ts";
export { failSoon, follow, type Inside, nextOf, promised, type Settler, settle, theFunction } from "./inside.ts";
export { Line, Place } from "./line.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { LruMap, type LruMapOptions } from "./lru-map.ts";
export { clearReading, notedReading, readAndNote } from "./noted-reading.ts";
export {
  assertDelayMs,
  assertFunction,
  assertInteger,
  assertKnownOptions,
  assertNumber,
  assertOneOf,
  type Bounds,
  longestDelayMs,
} from "./options.ts";
export type { ComposablePolicy, FailureEvent, Next, Policy, SuccessEvent } from "./policy.ts";
export { PolicyBase } from "./policy-base.ts";
export {
  atLeastOne,
  type Check,
  countOrInfinity,
  delayOrInfinity,
  type OptionTable,
  readOptions,
  type Settings,
} from "./read-options.ts";
export { isRequestBound } from "./request-bound.ts";
