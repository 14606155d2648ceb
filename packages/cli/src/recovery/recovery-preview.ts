import type { AnyOperation, Journal, JournalProblem } from "@holdfast/rollback";
import { printable } from "../print/printable.ts";
import { table } from "../print/table.ts";
import { allTransactions } from "./all-transactions.ts";
import { type OwnerState, ownerState } from "./owner-state.ts";
import { type PlannedStep, plannedSteps } from "./recovery-steps.ts";

/** What a recovery would do about one open transaction. */
export interface PlannedTransaction {
  readonly id: string;
  readonly description: string;
  readonly action:
    | "roll back"
    | "roll back, unless its owner is found alive"
    | "leave: its owner is alive"
    | "leave: it waits for a person"
    | "leave: it has ended meanwhile"
    | "leave: it is damaged";
  readonly ownerState: OwnerState;
  readonly steps: readonly PlannedStep[];
  /** Handlers it needs and that are not there: it is left alone then. */
  readonly missingHandlers: readonly string[];
}

export interface RecoveryPreview {
  readonly transactions: readonly PlannedTransaction[];
  readonly problems: readonly JournalProblem[];
}

const actionByOwner: Readonly<Record<OwnerState, PlannedTransaction["action"]>> = {
  dead: "roll back",
  unsure: "roll back, unless its owner is found alive",
  alive: "leave: its owner is alive",
  person: "leave: it waits for a person",
  none: "leave: it has ended meanwhile",
};

/** Looks at every open transaction, and changes nothing. */
export async function recoveryPreview(journal: Journal, operations: readonly AnyOperation[]): Promise<RecoveryPreview> {
  const { problems } = await journal.verify();
  const transactions: PlannedTransaction[] = [];
  for (const summary of await allTransactions(journal, { open: true })) {
    const { id, description } = summary;
    const owner = await ownerState(journal, summary);
    const isDamaged = problems.some(({ what, id: damaged }) => what !== "transaction" || damaged === id);
    const steps = isDamaged ? [] : plannedSteps((await journal.show(id)).steps, operations);
    transactions.push({
      id,
      description: printable(description),
      action: isDamaged ? "leave: it is damaged" : actionByOwner[owner],
      ownerState: owner,
      steps,
      missingHandlers: [...new Set(steps.flatMap(({ missingHandler }) => missingHandler ?? []))],
    });
  }
  return { transactions, problems };
}

export function previewText({ transactions }: RecoveryPreview): string {
  if (transactions.length === 0) return "Nothing is open.";
  return transactions
    .map(({ id, description, action, steps }) => {
      const rows = steps.map(({ step, operation, action: stepAction, missingHandler }) => [
        `  ${step}`,
        printable(operation),
        missingHandler === undefined ? stepAction : `${stepAction} (no handler is given)`,
      ]);
      const head = `${id}  ${action}  ${description}`;
      return rows.length === 0 ? head : `${head}\n${table(["  STEP", "OPERATION", "WOULD BE DONE"], rows)}`;
    })
    .join("\n\n");
}
