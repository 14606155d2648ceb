import type { TransactionSummary } from "./journal-store.ts";
import type { Json } from "./json.ts";
import type { DecisionRecord, IntentRecord, JournalRecord, ParkReason, RecordedError } from "./protocol/record.ts";
import type { StepStatus } from "./protocol/step-state.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";

export interface StepView
  extends Pick<IntentRecord, "step" | "operation" | "version" | "class" | "name" | "group" | "input"> {
  readonly status: StepStatus;
  readonly output: Json | undefined;
  readonly undoAttempts: number;
  readonly error: RecordedError | undefined;
  readonly parked: ParkReason | undefined;
}

/** A transaction as a person looks at it. */
export interface TransactionView extends TransactionSummary {
  readonly rollbackReason: string | undefined;
  readonly erased: boolean;
  readonly missingPermissions: readonly string[];
  /** Names of the plan that are not done. */
  readonly missing: readonly string[];
  readonly steps: readonly StepView[];
  readonly checkpoints: Readonly<Record<string, Json | undefined>>;
  readonly decisions: readonly DecisionRecord[];
  /** The whole log: the audit trail. */
  readonly records: readonly JournalRecord[];
}

export function transactionView(state: TransactionState, records: readonly JournalRecord[]): TransactionView {
  return {
    ...state.summary(),
    rollbackReason: state.rollbackReason,
    erased: state.erased,
    missingPermissions: state.missingPermissions,
    missing: state.plan.filter((name) => state.stepsByName.get(name)?.status !== "done"),
    steps: state.steps.map(({ intent, status, output, undoAttempts, error, parked }) => {
      const { step, operation, version, class: operationClass, name, group, input } = intent;
      return {
        step,
        operation,
        version,
        class: operationClass,
        name,
        group,
        input,
        status,
        output,
        undoAttempts,
        error,
        parked,
      };
    }),
    checkpoints: Object.fromEntries(state.checkpoints),
    decisions: state.decisions,
    records,
  };
}
