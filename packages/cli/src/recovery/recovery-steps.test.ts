import type { AnyOperation } from "@holdfast/rollback";
import { expect, test } from "vitest";
import { makeFile } from "../../fixture/operations.ts";
import { type PlannedStep, plannedSteps, type RecordedStep } from "./recovery-steps.ts";

type Where = Pick<RecordedStep, "status" | "class">;

function planned(where: Where, operations: readonly AnyOperation[] = []): PlannedStep | undefined {
  return plannedSteps([{ step: 1, operation: "make-file", version: 1, ...where }], operations)[0];
}

test.each([
  ["done", "undoable", "undo"],
  ["undoing", "undoable", "undo"],
  ["undo-failed", "undoable", "undo"],
  ["intended", "undoable", "look, then undo"],
  ["done", "irreversible", "park"],
  ["intended", "pivot", "look, then park"],
  ["done", "none-needed", "nothing"],
  ["parked", "undoable", "waits for a person"],
] as const)("a step that is %s and %s: %s", (status, operationClass, action) => {
  expect(planned({ status, class: operationClass })?.action).toBe(action);
});

test.each(["absent", "undone", "skipped", "resolved"] as const)("a step that is %s is closed", (status) => {
  expect(planned({ status, class: "undoable" })).toBeUndefined();
});

test.each([
  ["done", "undoable", "make-file@1"],
  ["intended", "irreversible", "make-file@1"],
  ["done", "irreversible", undefined],
  ["done", "none-needed", undefined],
  ["parked", "undoable", undefined],
] as const)("a step that is %s and %s needs the handler %s", (status, operationClass, missing) => {
  expect(planned({ status, class: operationClass })?.missingHandler).toBe(missing);
  expect(planned({ status, class: operationClass }, [makeFile])?.missingHandler).toBeUndefined();
});
