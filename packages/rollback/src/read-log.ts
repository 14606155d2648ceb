import { JournalError } from "./journal-error.ts";
import type { Entry, JournalStore } from "./journal-store.ts";
import { entryHash, entryRecords } from "./protocol/entry-text.ts";
import type { JournalRecord } from "./protocol/record.ts";
import { TransactionState } from "./protocol/transaction-state.ts";
import type { LogEnd } from "./transaction-log.ts";

export interface ReadLog {
  readonly state: TransactionState;
  readonly records: readonly JournalRecord[];
  readonly end: LogEnd;
}

/**
 * Reads a transaction's log, and holds every entry against its hash and every record against the protocol. Rejects with
 * `ERR_JOURNAL_DAMAGED` at the first that does not fit, and with `ERR_JOURNAL_STATE` when there is no such transaction.
 */
export async function readLog(store: JournalStore, transaction: string): Promise<ReadLog> {
  const entries = await store.read(transaction);
  if (entries.length === 0) {
    throw new JournalError("ERR_JOURNAL_STATE", `There is no transaction ${transaction} in this journal`, {
      transaction,
    });
  }
  const state = new TransactionState(transaction);
  const records: JournalRecord[] = [];
  let hash = "";
  for (const [position, entry] of entries.entries()) {
    hash = checkedHash(hash, entry, transaction, position);
    for (const record of checkedRecords(entry, state)) records.push(record);
  }
  return { state, records, end: { position: entries.length, hash } };
}

function checkedHash(previous: string, entry: Entry, transaction: string, position: number): string {
  const expected = entryHash(previous, { transaction, position, body: entry.body });
  if (entry.position !== position || entry.hash !== expected) throw damaged(entry, "its hash does not fit");
  return expected;
}

function checkedRecords(entry: Entry, state: TransactionState): readonly JournalRecord[] {
  try {
    const records = entryRecords(entry.body);
    for (const record of records) state.apply(record);
    return records;
  } catch (cause) {
    throw damaged(entry, "it breaks the protocol", cause);
  }
}

function damaged({ transaction, position }: Entry, why: string, cause?: unknown): JournalError {
  return new JournalError(
    "ERR_JOURNAL_DAMAGED",
    `Entry ${position} of transaction ${transaction} is not what was written: ${why}. Nothing was changed; restore the journal from a copy, or undo that transaction by hand`,
    { transaction, cause },
  );
}
