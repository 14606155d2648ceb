import type { CallDetails } from "@holdfast/errors/policy";
import type { RefusalReason } from "./limit-reached-error.ts";

/** A call was let in. */
export interface AdmitEvent {
  /** How long it waited, in milliseconds; 0 if it did not. */
  readonly waitedMs: number;
  readonly call: CallDetails | undefined;
}

/** A call was refused: it was never made. */
export interface RejectEvent {
  readonly reason: RefusalReason;
  readonly call: CallDetails | undefined;
}

/** What a limiter is doing now. */
export interface LimiterSnapshot {
  /** Calls per second it allows; `undefined` if it limits no rate, or has not learnt one. */
  readonly perSecond: number | undefined;
  readonly inFlight: number;
  readonly waiting: number;
  /** How long the call that has waited longest has waited, in milliseconds. */
  readonly longestWaitMs: number;
}
