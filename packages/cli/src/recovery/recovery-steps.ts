import type { AnyOperation, StepView, TransactionView } from "@holdfast/rollback";
import { hasHandler } from "./load-operations.ts";

/** What a rollback would do about one step that is not closed. */
export interface PlannedStep {
  readonly step: number;
  readonly operation: string;
  readonly action: "undo" | "look, then undo" | "look, then park" | "nothing" | "park" | "waits for a person";
  /** The handler it needs and that is not there, as `name@version`. */
  readonly missingHandler: string | undefined;
}

/** What a rollback would do, last step first. */
export function plannedSteps({ steps }: TransactionView, operations: readonly AnyOperation[]): readonly PlannedStep[] {
  return steps
    .filter(isOpen)
    .toReversed()
    .map((step) => plannedStep(step, operations));
}

function plannedStep(step: StepView, operations: readonly AnyOperation[]): PlannedStep {
  const operation = `${step.operation}@${step.version}`;
  const action = actionFor(step);
  const needsHandler = action.includes("undo") || action.includes("look");
  const missing = needsHandler && !hasHandler(operations, step.operation, step.version);
  return { step: step.step, operation, action, missingHandler: missing ? operation : undefined };
}

function actionFor({ status, class: operationClass }: StepView): PlannedStep["action"] {
  if (status === "parked") return "waits for a person";
  const unknown = status === "intended";
  switch (operationClass) {
    case "none-needed":
      return "nothing";
    case "undoable":
      return unknown ? "look, then undo" : "undo";
    case "pivot":
    case "irreversible":
      return unknown ? "look, then park" : "park";
  }
}

function isOpen({ status }: StepView): boolean {
  return !["absent", "undone", "skipped", "resolved"].includes(status);
}
