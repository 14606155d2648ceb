import type { OperationClass } from "../protocol/record.ts";
import type { StepState } from "../protocol/step-state.ts";

/** Which step it is. */
export interface RecordedStepFacts {
  readonly transaction: string;
  readonly step: number;
  readonly name: string | undefined;
  readonly operation: string;
  readonly version: number;
  readonly class: OperationClass;
}

export function stepFacts(transaction: string, { intent }: StepState): RecordedStepFacts {
  const { step, name, operation, version, class: operationClass } = intent;
  return { transaction, step, name, operation, version, class: operationClass };
}
