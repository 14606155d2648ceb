import type { Classification, Classify } from "@holdfast/errors";
import type { Clock } from "@holdfast/errors/policy";
import type { IBreaker } from "cockatiel";
import type { RejectEvent, StateChangeEvent } from "./circuit-events.ts";
import type { OpenTime } from "./open-time.ts";
import type { RampUpOptions } from "./ramp-up.ts";
import type { Verdict } from "./verdict.ts";

/** The last so many calls, or the calls of the last so many milliseconds. */
export type WindowOptions =
  | {
      /** How many calls. Integer from 1 to 1,000,000. */
      readonly calls: number;
    }
  | {
      /** How long, in milliseconds. Above 0. */
      readonly ms: number;
      /** Parts in which the window moves on. Integer from 1 to 1,000. Default 10. */
      readonly buckets?: number | undefined;
    };

export interface HalfOpenOptions {
  /** Calls let through to find out. Integer from 1 to 10,000. Default 1. */
  readonly probes?: number | undefined;
  /** How many of them must succeed for the circuit to close. Integer from 1 to `probes`. Default `probes`. */
  readonly successes?: number | undefined;
  /** A probe that has not settled after so long counts as failed and frees its place. Milliseconds. Default 30,000. */
  readonly probeTimeoutMs?: number | undefined;
  /** What becomes of other calls meanwhile: refused at once, or held until it is decided. Default `reject`. */
  readonly others?: "reject" | "queue" | undefined;
  /** Calls held at most; more are refused. Integer ≥ 1. Default 100. */
  readonly maxQueued?: number | undefined;
}

/** What cockatiel's `handleWhen(…)`, `handleType(…)` and the like make. */
export interface FailureFilter {
  readonly options: {
    readonly errorFilter: (error: unknown) => boolean;
    readonly resultFilter: (result: unknown) => boolean;
  };
}

export interface CircuitBreakerOptions {
  /** Said in errors and events. Default `circuit`. */
  readonly name?: string | undefined;
  /** Opens after so many failures with no success between them. Integer ≥ 1. Default 5 if no other rule is given, else none. */
  readonly consecutiveFailures?: number | undefined;
  /** Opens when this share of the window's calls failed. Above 0, at most 1. Default none. */
  readonly failureRatio?: number | undefined;
  /** A call that takes longer is slow, whether it fails or not. Milliseconds. Default none. */
  readonly slowCallMs?: number | undefined;
  /** Opens when this share of the window's calls was slow. Above 0, at most 1. Default 0.5 where `slowCallMs` is given. */
  readonly slowCallRatio?: number | undefined;
  /** What the ratios are taken over. Default `{ ms: 10_000, buckets: 10 }`. */
  readonly window?: WindowOptions | undefined;
  /** Calls the window must hold before a ratio opens the circuit. Integer ≥ 1. Default 10, or the window's calls if fewer. */
  readonly minimumCalls?: number | undefined;
  /** Makes a breaker of cockatiel's, which then also may open the circuit; a new one for each time it closes. Default none. */
  readonly breaker?: (() => IBreaker) | undefined;
  /**
   * How long the circuit stays open: milliseconds, a back-off (ours by numbers, or any of cockatiel's), or a function.
   * Default `{ initialMs: 5_000, maxMs: 60_000, factor: 2, jitterRatio: 0 }`.
   */
  readonly openMs?: OpenTime | undefined;
  /** A server's `Retry-After` lengthens the open time to at most this, in milliseconds; 0 takes no hints. Default 60,000. */
  readonly maxServerHintMs?: number | undefined;
  readonly halfOpen?: HalfOpenOptions | undefined;
  /** Lets traffic back in little by little after the circuit closes. Default none: all at once. */
  readonly rampUp?: RampUpOptions | undefined;
  /**
   * `enforce` refuses calls; `observe` counts, changes state and reports as if it did, and lets every call through;
   * `disabled` does nothing at all. Default `enforce`.
   */
  readonly mode?: "enforce" | "observe" | "disabled" | undefined;
  /** Says what an error is. Default `classify` of `@holdfast/errors`, which also steps in where this throws. */
  readonly classify?: Classify | undefined;
  /** Decides what an error says of the service; `undefined` leaves it to the default. A throw counts as `undefined`. */
  readonly judge?: ((error: unknown, classification: Classification) => Verdict | undefined) | undefined;
  /** Whether a returned value counts as a failure. Default never. A throw counts as no. */
  readonly isFailure?: ((value: unknown) => boolean) | undefined;
  /** A filter of cockatiel's: what it handles is a failure, and nothing else is. Instead of `judge` and `isFailure`. */
  readonly filter?: FailureFilter | undefined;
  /** Whether `CircuitOpenError` captures a stack trace, which costs more than all the rest of a refusal. Default false. */
  readonly stack?: boolean | undefined;
  /** What `snapshot()` gave earlier, perhaps in another process. One that cannot be used is passed over. */
  readonly snapshot?: unknown;
  readonly onStateChange?: ((event: StateChangeEvent) => void) | undefined;
  readonly onReject?: ((event: RejectEvent) => void) | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Source of jitter in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
