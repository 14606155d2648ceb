import type { Journal, TransactionSummary } from "@holdfast/rollback";

/**
 * Who works on it: its process (`alive`), nobody (`dead`), a `person`, or `none` since it ended. `unsure`: a process has it and was not
 * seen to move yet; a recovery watches it for as long as a lease, and takes over only if it stands still.
 */
export type OwnerState = "alive" | "dead" | "unsure" | "person" | "none";

export async function ownerState(journal: Journal, summary: TransactionSummary): Promise<OwnerState> {
  if (summary.status === "parked") return "person";
  if (summary.status === "committed" || summary.status === "rolled-back") return "none";
  return journal.ownerOf(summary);
}
