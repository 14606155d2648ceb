import type { AppendRequest, Entry, TransactionStatus, TransactionSummary } from "../journal-store.ts";
import { entryHash } from "../protocol/entry-text.ts";

/** The entries of a log, chained, with these bodies. */
export function chain(transaction: string, bodies: readonly string[]): readonly AppendRequest[] {
  let hash = "";
  return bodies.map((body, position) => {
    hash = entryHash(hash, { transaction, position, body });
    return { transaction, position, body, hash, forward: false };
  });
}

/** What a store must give back of an entry. */
export function plain({ transaction, position, body, hash }: Entry): Entry {
  return { transaction, position, body, hash };
}

/** A transaction's summary. */
export function summary(
  id: string,
  status: TransactionStatus,
  rest: Partial<TransactionSummary> = {},
): TransactionSummary {
  const fixed = {
    description: `about ${id}`,
    owner: "me",
    epoch: 1,
    job: undefined,
    beganAt: 0,
    changedAt: 0,
    partial: false,
  };
  return withoutUndefined({ id, status, ...fixed, ...rest });
}

// As it comes back from a store that keeps JSON.
function withoutUndefined(summary: TransactionSummary): TransactionSummary {
  return JSON.parse(JSON.stringify(summary)) as TransactionSummary;
}
