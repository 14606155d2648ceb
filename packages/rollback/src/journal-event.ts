import type { OperationClass, ParkReason, RecordedError } from "./protocol/record.ts";

export interface TransactionEvent {
  readonly transaction: string;
  readonly description: string;
  readonly change: "begun" | "committed" | "rolling-back" | "rolled-back" | "parked" | "taken-over" | "resumed";
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Why it is rolled back or parked. */
  readonly reason?: string | undefined;
  /** Rolled back, but a person had some steps left as they are. */
  readonly partial?: boolean | undefined;
}

export interface StepEvent {
  readonly transaction: string;
  readonly step: number;
  readonly operation: string;
  readonly class: OperationClass;
  readonly name: string | undefined;
  readonly change:
    | "intended"
    | "done"
    | "failed"
    | "unknown"
    | "probed"
    | "undoing"
    | "undone"
    | "undo-failed"
    | "parked"
    | "decided";
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of an undo, from 1. */
  readonly attempt?: number | undefined;
  /** What the probe found, what was decided. */
  readonly result?: string | undefined;
  readonly reason?: ParkReason | undefined;
  /** What identifies the error; never its message. */
  readonly error?: RecordedError | undefined;
}

export interface ProgressEvent {
  readonly transaction: string;
  readonly description: string;
  readonly phase: "forward" | "undo";
  /** Steps finished in this phase. */
  readonly done: number;
  /** Steps expected in this phase; `undefined` when going forward without `expectedSteps` or `plan`. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  /** By the mean pace so far, in milliseconds; `undefined` while nothing is done or the total is not known. */
  readonly remainingMs: number | undefined;
}
