import type { ParkReason, RecordedError } from "../protocol/record.ts";
import type { TransactionState } from "../protocol/transaction-state.ts";
import { type RecordedStepFacts, stepFacts } from "./step-facts.ts";

export interface ParkedStep extends RecordedStepFacts {
  readonly reason: ParkReason;
  readonly error: RecordedError | undefined;
  readonly attempts: number;
}

/** What became of a rollback. */
export interface RollbackReport {
  readonly transaction: string;
  readonly description: string;
  /** `parked`: some steps wait for a person; the journal keeps it open until then. */
  readonly outcome: "rolled-back" | "parked";
  /** Rolled back, but a person, or a rule, had some steps left as they are. */
  readonly partial: boolean;
  /** In start order. */
  readonly undone: readonly RecordedStepFacts[];
  /** Nothing to undo: proven absent, or of a class that needs none. */
  readonly nothingToUndo: readonly RecordedStepFacts[];
  readonly skipped: readonly RecordedStepFacts[];
  readonly parked: readonly ParkedStep[];
  /** Wait for a parked step that depends on them. */
  readonly waiting: readonly RecordedStepFacts[];
  /** Rights the undo lacks, as `action on resource`: why all of it is parked. */
  readonly missingPermissions: readonly string[];
}

export function rollbackReport(state: TransactionState): RollbackReport {
  const { id, description, status, partial, steps, missingPermissions } = state;
  const those = (...statuses: readonly string[]) =>
    steps.filter((step) => statuses.includes(step.status)).map((step) => stepFacts(id, step));
  const needNothing = steps.filter(
    ({ status, intent }) => status === "absent" || (isOpen(status) && intent.class === "none-needed"),
  );
  return {
    transaction: id,
    description,
    outcome: status === "rolled-back" ? "rolled-back" : "parked",
    partial,
    undone: those("undone"),
    nothingToUndo: needNothing.map((step) => stepFacts(id, step)),
    skipped: those("skipped", "resolved"),
    parked: steps
      .filter((step) => step.status === "parked")
      .map((step) => ({
        ...stepFacts(id, step),
        reason: step.parked!,
        error: step.error,
        attempts: step.undoAttempts,
      })),
    waiting: steps
      .filter(({ status, intent }) => isOpen(status) && intent.class !== "none-needed")
      .map((step) => stepFacts(id, step)),
    missingPermissions,
  };
}

function isOpen(status: string): boolean {
  return status === "done" || status === "intended" || status === "undoing" || status === "undo-failed";
}
