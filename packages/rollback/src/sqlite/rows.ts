import type { SQLOutputValue } from "node:sqlite";
import type { Commit, CommitMember, Entry, TransactionSummary } from "../journal-store.ts";

type Row = Readonly<Record<string, SQLOutputValue>>;

export function entryOf(row: Row): Entry {
  return {
    transaction: String(row.tx),
    position: Number(row.position),
    hash: String(row.hash),
    body: String(row.body),
  };
}

export function commitOf(row: Row): Commit {
  const members = String(row.members).split(" ");
  return {
    number: Number(row.number),
    hash: String(row.hash),
    digest: String(row.digest),
    members,
    pruned: Number(row.pruned),
  };
}

export function memberOf(row: Row): CommitMember {
  return {
    transaction: String(row.tx),
    position: Number(row.position),
    hash: String(row.hash),
    commit: Number(row.commit_number),
  };
}

/** The summary; of one whose text is damaged, what its other columns tell: its log has the truth, and one must not hide the others. */
export function summaryOf(row: Row): TransactionSummary {
  const summary = parsed(row.summary);
  if (summary !== undefined && summary.id === row.tx) return summary;
  const job = row.job === null ? undefined : String(row.job);
  const status = row.open === 0 ? "committed" : "active";
  const unknown = { description: "(its summary cannot be read)", owner: "", epoch: 0, beganAt: 0, partial: false };
  return { id: String(row.tx), status, job, changedAt: Number(row.changed_at), ...unknown };
}

function parsed(text: SQLOutputValue | undefined): TransactionSummary | undefined {
  try {
    return (JSON.parse(String(text)) as TransactionSummary | null) ?? undefined;
  } catch {
    return undefined;
  }
}
