import type { Json } from "../json.ts";
import type { IntentRecord, ParkReason, RecordedError } from "./record.ts";

/**
 * Where a step stands.
 *
 * - `intended`: its effect may or may not have happened.
 * - `done`: it happened. `absent`: it is proven that it did not.
 * - `undoing`: an attempt to undo it was announced. `undo-failed`: that attempt failed.
 * - `undone`, `skipped`, `resolved`: closed; the last two by a person.
 * - `parked`: it waits for a person.
 */
export type StepStatus =
  | "intended"
  | "done"
  | "absent"
  | "undoing"
  | "undo-failed"
  | "undone"
  | "parked"
  | "skipped"
  | "resolved";

export interface StepState {
  readonly intent: IntentRecord;
  status: StepStatus;
  /** Whether the effect is known to have happened; kept while the step is undone or parked. */
  happened: boolean;
  output: Json | undefined;
  /** What of its output could not be written. */
  unwritten: string | undefined;
  /** A probe could not tell whether it took effect. */
  probedUnknown: boolean;
  /** Attempts to undo it, crashes included. */
  undoAttempts: number;
  /** Those made before a person last said "retry": they no longer count against the limit. */
  forgivenAttempts: number;
  error: RecordedError | undefined;
  parked: ParkReason | undefined;
}

export function intendedStep(intent: IntentRecord): StepState {
  return {
    intent,
    status: "intended",
    happened: false,
    output: undefined,
    unwritten: undefined,
    probedUnknown: false,
    undoAttempts: 0,
    forgivenAttempts: 0,
    error: undefined,
    parked: undefined,
  };
}

/** Whether a rollback has nothing left to do for this step. */
export function isClosed(step: StepState): boolean {
  switch (step.status) {
    case "absent":
    case "undone":
    case "skipped":
    case "resolved":
      return true;
    case "done":
    case "intended":
      return step.intent.class === "none-needed";
    case "undoing":
    case "undo-failed":
    case "parked":
      return false;
  }
}
