import type { Json } from "../json.ts";

/**
 * Whether a step can be undone, declared by its operation.
 *
 * - `undoable`: `compensate` takes it back.
 * - `none-needed`: it changes nothing that would have to be taken back (a read, a log line).
 * - `pivot`: once done, the transaction is meant to go forward only.
 * - `irreversible`: it cannot be taken back (a mail sent, a payment made).
 *
 * In a rollback, a pivot or irreversible step that took effect is parked for a person to decide.
 */
export type OperationClass = "undoable" | "none-needed" | "pivot" | "irreversible";

/**
 * An error as the journal writes it down: what identifies it, and never its message,
 * since services echo values in their messages.
 */
export interface RecordedError {
  readonly name: string;
  readonly code?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
}

/** Why a step, or a whole rollback, waits for a person. */
export type ParkReason =
  | "irreversible"
  | "pivot"
  | "undo-failed"
  | "unknown-effect"
  | "handler-missing"
  | "upcast-failed"
  | "unreadable-input"
  | "permissions-missing"
  | "steps-parked";

/** What a person, or a rule given in advance, decides about a parked step. */
export type Decision = "retry" | "skip" | "resolved";

interface At {
  /** When it was recorded, in milliseconds since the epoch. For people: no decision rests on it. */
  readonly at: number;
}

interface OfStep extends At {
  /** The step's number: 1 for the first intent of the transaction. */
  readonly step: number;
}

export interface BeginRecord extends At {
  readonly type: "BEGIN";
  readonly description: string;
  readonly owner: string;
  readonly epoch: 1;
  /** The caller's own key for this piece of work. */
  readonly job?: string | undefined;
  /** Names of the steps that will be run, in order. */
  readonly plan?: readonly string[] | undefined;
  readonly expectedSteps?: number | undefined;
}

export interface IntentRecord extends OfStep {
  readonly type: "INTENT";
  readonly operation: string;
  readonly version: number;
  readonly class: OperationClass;
  readonly name?: string | undefined;
  readonly input?: Json | undefined;
  readonly idempotencyKey: string;
  /** Steps of one group are undone together; groups are contiguous and rise with the step number. */
  readonly group: number;
  /** The effect has ended, or was given up, this many milliseconds after the intent. */
  readonly deadlineMs: number;
  /** Steps that must not be undone before this one is. */
  readonly dependsOn?: readonly number[] | undefined;
}

export interface DoneRecord extends OfStep {
  readonly type: "DONE";
  readonly output?: Json | undefined;
  /** Why there is no output although there was one: what of it is no plain JSON, and where. */
  readonly unwritten?: string | undefined;
}

/** The effect is proven not to have happened. */
export interface FailedRecord extends OfStep {
  readonly type: "FAILED";
  readonly error: RecordedError;
}

export interface CheckpointRecord extends At {
  readonly type: "CHECKPOINT";
  readonly name: string;
  readonly data?: Json | undefined;
}

export interface CommitRecord extends At {
  readonly type: "COMMIT";
}

export interface RollbackRecord extends At {
  readonly type: "ROLLBACK";
  readonly reason: string;
  readonly who: string;
  readonly epoch: number;
}

export interface TakeoverRecord extends At {
  readonly type: "TAKEOVER";
  readonly epoch: number;
  readonly who: string;
}

export interface ProbedRecord extends OfStep {
  readonly type: "PROBED";
  readonly result: "applied" | "absent" | "unknown";
  readonly output?: Json | undefined;
  readonly evidence: string;
}

/** An attempt to undo is about to be made. Written first, so that one that kills the process is counted. */
export interface UndoStartRecord extends OfStep {
  readonly type: "UNDO_START";
  readonly attempt: number;
}

export interface UndoneRecord extends OfStep {
  readonly type: "UNDONE";
  readonly evidence: string;
}

export interface UndoFailedRecord extends OfStep {
  readonly type: "UNDO_FAILED";
  readonly attempt: number;
  readonly error: RecordedError;
  readonly next: "retry" | "park";
}

/** With `step`, that step waits for a person; without, the whole rollback does. */
export interface ParkedRecord extends At {
  readonly type: "PARKED";
  readonly step?: number | undefined;
  readonly reason: ParkReason;
  readonly missing?: readonly string[] | undefined;
}

export interface DecisionRecord extends At {
  readonly type: "DECISION";
  readonly step?: number | undefined;
  readonly who: string;
  readonly decision: Decision;
  readonly why: string;
}

/** Every step is closed; `partial` when a person had some of them left as they are. */
export interface RolledBackRecord extends At {
  readonly type: "ROLLED_BACK";
  readonly partial: boolean;
}

/** The key to the sensitive fields is destroyed. */
export interface ErasedRecord extends At {
  readonly type: "ERASED";
}

export type JournalRecord =
  | BeginRecord
  | IntentRecord
  | DoneRecord
  | FailedRecord
  | CheckpointRecord
  | CommitRecord
  | RollbackRecord
  | TakeoverRecord
  | ProbedRecord
  | UndoStartRecord
  | UndoneRecord
  | UndoFailedRecord
  | ParkedRecord
  | DecisionRecord
  | RolledBackRecord
  | ErasedRecord;
