import type { SavedFailure } from "./restored-failure.ts";
import type { CircuitStateName } from "./transition.ts";

/** A circuit at this moment. */
export interface CircuitHealth {
  readonly circuit: string;
  readonly state: CircuitStateName;
  /** Since when it is in that state, in milliseconds since the epoch. */
  readonly since: number;
  /** Whether it refuses calls, rather than only saying that it would. */
  readonly enforced: boolean;
  /** Calls in the window of a closed circuit, or decided probes of a half-open one; 0 without a window. */
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
  /** 0 to 1; 0 without calls. */
  readonly failureRatio: number;
  readonly slowCallRatio: number;
  readonly consecutiveFailures: number;
  /** How long until a call may be admitted, in milliseconds; 0 where one may be now, `Infinity` while it is isolated. */
  readonly retryAfterMs: number;
  /** The share of calls let through: below 1 only while traffic ramps up, 0 while none is. */
  readonly admittedShare: number;
  readonly probesInFlight: number;
  /** How often it has opened since it last closed for good. */
  readonly openings: number;
  /** The failure that opened it, while it has not recovered: what of it is safe to show. */
  readonly lastFailure: SavedFailure | null;
}
