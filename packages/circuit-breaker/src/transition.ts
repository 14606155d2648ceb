import type { CallDetails } from "@holdfast/errors/policy";
import type { TripReason } from "./tally.ts";

/** What a circuit is doing. */
export type CircuitStateName = "closed" | "open" | "half-open" | "isolated" | "forced-closed" | "disabled";

/** Why a circuit changed its state. */
export type TransitionReason =
  | TripReason
  | "open-time-over"
  | "probes-succeeded"
  | "probe-failed"
  | "probe-slow"
  | "probe-hung"
  | "held"
  | "released"
  | "tripped"
  | "reset"
  | "restored";

/** What brings a transition about. */
export interface Trigger {
  readonly reason: TransitionReason;
  readonly error?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly call?: CallDetails | undefined;
}
