import type { Journal, TransactionFilter, TransactionSummary } from "@holdfast/rollback";

/** Every transaction that passes, however many there are. */
export async function allTransactions(
  journal: Journal,
  filter: Omit<TransactionFilter, "after" | "limit"> = {},
): Promise<readonly TransactionSummary[]> {
  const found: TransactionSummary[] = [];
  for (;;) {
    const page = await journal.transactions({ ...filter, after: found.at(-1)?.id });
    if (page.length === 0) return found;
    found.push(...page);
  }
}
