import type { Classification, StopReason } from "@holdfast/errors";
import { type CallDetails, Emitter, type FailureEvent, type SuccessEvent } from "@holdfast/errors/policy";

/** What went wrong with an attempt: an error, or a value that the result filter refused. */
export type FailureReason = { readonly error: unknown } | { readonly value: unknown };

/** An attempt is about to be made. */
export interface AttemptEvent {
  /** From 1. */
  readonly attempt: number;
  readonly call: CallDetails | undefined;
}

/** A retry is decided; the pause comes next. */
export interface RetryEvent {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly reason: FailureReason;
  /** `undefined` for a value. */
  readonly classification: Classification | undefined;
  readonly call: CallDetails | undefined;
}

/** No further attempt is made. */
export interface GiveUpEvent {
  /** Attempts made. */
  readonly attempts: number;
  readonly stopReason: StopReason;
  readonly elapsedMs: number;
  readonly reason: FailureReason;
  readonly call: CallDetails | undefined;
}

/** An attempt that had been abandoned settled after all; nobody else hears of it. */
export interface LateResultEvent {
  readonly attempt: number;
  readonly outcome: FailureReason;
  readonly call: CallDetails | undefined;
}

/** The events of one retry policy. */
export class RetryEmitters {
  readonly success: Emitter<SuccessEvent> = new Emitter();
  readonly failure: Emitter<FailureEvent> = new Emitter();
  readonly attempt: Emitter<AttemptEvent> = new Emitter();
  readonly retry: Emitter<RetryEvent> = new Emitter();
  readonly giveUp: Emitter<GiveUpEvent> = new Emitter();
  readonly lateResult: Emitter<LateResultEvent> = new Emitter();

  /** Whether anyone must hear of a call that succeeds at once. */
  get followsSuccess(): boolean {
    return this.success.active || this.failure.active || this.attempt.active;
  }
}
