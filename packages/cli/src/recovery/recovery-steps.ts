import type { AnyOperation, StepView } from "@holdfast/rollback";
import { hasHandler } from "./load-operations.ts";

/** What a rollback would do about one step that is not closed. */
export interface PlannedStep {
  readonly step: number;
  readonly operation: string;
  readonly action: "undo" | "look, then undo" | "look, then park" | "nothing" | "park" | "waits for a person";
  /** The handler it needs and that is not there, as `name@version`. */
  readonly missingHandler: string | undefined;
}

/** As much of a recorded step as tells what a rollback would do about it. */
export type RecordedStep = Pick<StepView, "step" | "operation" | "version" | "status" | "class">;

/** What a rollback would do, last step first. */
export function plannedSteps(
  steps: readonly RecordedStep[],
  operations: readonly AnyOperation[],
): readonly PlannedStep[] {
  return steps
    .filter(isOpen)
    .toReversed()
    .map((step) => plannedStep(step, operations));
}

function plannedStep(step: RecordedStep, operations: readonly AnyOperation[]): PlannedStep {
  const operation = `${step.operation}@${step.version}`;
  const action = actionFor(step);
  const needsHandler = action.includes("undo") || action.includes("look");
  const missing = needsHandler && !hasHandler(operations, step.operation, step.version);
  return { step: step.step, operation, action, missingHandler: missing ? operation : undefined };
}

function actionFor({ status, class: operationClass }: RecordedStep): PlannedStep["action"] {
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

function isOpen({ status }: RecordedStep): boolean {
  return !["absent", "undone", "skipped", "resolved"].includes(status);
}
