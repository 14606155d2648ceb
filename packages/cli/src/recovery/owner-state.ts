import type { Journal, TransactionSummary } from "@holdfast/rollback";

/** Who works on it: its process (`alive`), nobody (`dead`), perhaps somebody (`unsure`), a `person`, or `none` since it ended. */
export type OwnerState = "alive" | "dead" | "unsure" | "person" | "none";

export async function ownerState(journal: Journal, summary: TransactionSummary): Promise<OwnerState> {
  if (summary.status === "parked") return "person";
  if (summary.status === "committed" || summary.status === "rolled-back") return "none";
  return journal.ownerOf(summary);
}
