import type { Journal } from "@holdfast/rollback";

/** So many undos in a row that fail again: the cause is not gone. */
const patience = 3;

/**
 * Tries again every undo of a transaction that is parked, last first, until three in a row park again.
 *
 * @returns what became of the transaction.
 */
export async function retryParked(
  journal: Journal,
  transaction: string,
  signal: AbortSignal,
): Promise<"rolled-back" | "parked"> {
  const who = process.env.USER ?? "unknown";
  const decide = (step: number | undefined) =>
    journal.decide(transaction, step, { decision: "retry", who, why: "replicate recover --retry" }, { signal });
  const parkedSteps = (await journal.show(transaction)).steps.filter(({ status }) => status === "parked").toReversed();
  if (parkedSteps.length === 0) return (await decide(undefined)).outcome; // parked as a whole
  let parkedInARow = 0;
  for (const { step } of parkedSteps) {
    const { outcome, parked } = await decide(step);
    if (outcome === "rolled-back") return outcome;
    parkedInARow = parked.some((one) => one.step === step) ? parkedInARow + 1 : 0;
    if (parkedInARow === patience) break;
  }
  return "parked";
}
