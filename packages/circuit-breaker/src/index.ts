export { circuitBreaker } from "./circuit-breaker.ts";
export type {
  CircuitBreakerOptions,
  FailureFilter,
  HalfOpenOptions,
  WindowOptions,
} from "./circuit-breaker-options.ts";
export type { CircuitBreaker } from "./circuit-breaker-policy.ts";
export type { RejectEvent, StateChangeEvent } from "./circuit-events.ts";
export type { CircuitHealth } from "./circuit-health.ts";
export type { CircuitHold } from "./circuit-hold.ts";
export type { CircuitSnapshot, RestoreResult } from "./circuit-snapshot.ts";
export type { CircuitReport, CircuitStore } from "./circuit-store.ts";
export {
  type CircuitsByKey,
  type CircuitsByKeyOptions,
  circuitsByKey,
  type EvictEvent,
  failureDomain,
} from "./circuits-by-key.ts";
export type { CircuitsHealth } from "./circuits-health.ts";
export type { CircuitsRestoreResult, CircuitsSnapshot } from "./circuits-snapshot.ts";
export { FleetOutage } from "./fleet-outage.ts";
export { memoryCircuitStore } from "./memory-circuit-store.ts";
export type { OpenBackoff, OpenBackoffFactory, Opening, OpenTime } from "./open-time.ts";
export type { RampUpOptions } from "./ramp-up.ts";
export { RestoredFailure, type SavedFailure } from "./restored-failure.ts";
export {
  type ShareCircuitsOptions,
  type SharedCircuits,
  type ShareErrorEvent,
  shareCircuits,
} from "./share-circuits.ts";
export {
  recordTimeline,
  type Timeline,
  type TimelineEntry,
  type TimelineRecorder,
  type TimelineRecorderOptions,
} from "./timeline.ts";
export { type TimelineSvgOptions, timelineSvg } from "./timeline-svg.ts";
export { type TimelineTextOptions, timelineText } from "./timeline-text.ts";
export type { CircuitStateName, TransitionReason } from "./transition.ts";
export { type Verdict, verdictOf } from "./verdict.ts";
