import type { Journal, RollbackReport, StepView } from "@holdfast/rollback";

/** So many undos in a row that fail again: the cause is not gone. */
const patience = 3;

/**
 * Tries a parked rollback again: as a whole where it is parked as a whole, else each parked step that can be undone, last
 * first. Ends early when three in a row park again.
 */
export async function retryAll(
  journal: Journal,
  transaction: string,
  { who, why, signal }: { readonly who: string; readonly why: string; readonly signal: AbortSignal | undefined },
): Promise<RollbackReport> {
  const decide = (step: number | undefined) =>
    journal.decide(transaction, step, { decision: "retry", who, why }, { signal });
  const [first, ...others] = (await journal.show(transaction)).steps.filter(canBeUndone).toReversed();
  let report = await decide(first?.step);
  let parkedInARow = isParked(report, first) ? 1 : 0;
  for (const step of others) {
    if (parkedInARow === patience || report.outcome === "rolled-back") break;
    report = await decide(step.step);
    parkedInARow = isParked(report, step) ? parkedInARow + 1 : 0;
  }
  return report;
}

function canBeUndone({ status, class: operationClass }: StepView): boolean {
  return status === "parked" && operationClass === "undoable";
}

function isParked({ parked }: RollbackReport, step: StepView | undefined): boolean {
  return parked.some((one) => one.step === step?.step);
}
