import type { DatabaseSync, StatementSync } from "node:sqlite";

const sql = {
  begin: "BEGIN IMMEDIATE",
  end: "COMMIT",
  // The position before must be there: a writer that slept through the pruning of its transaction is fenced too. Without it the position is
  // NULL, which is ignored as a position that is taken. (As INSERT … SELECT … WHERE EXISTS it took half as long again: through a table in between.)
  append: `INSERT OR IGNORE INTO entries (tx, position, commit_number, hash, body)
    VALUES (?1, IIF(?2 = 0, 0, (SELECT position + 1 FROM entries WHERE tx = ?1 AND position = ?2 - 1)), ?3, ?4, ?5)`,
  hashAt: "SELECT hash FROM entries WHERE tx = ? AND position = ?",
  read: "SELECT tx, position, hash, body FROM entries WHERE tx = ? AND position >= ? ORDER BY position",
  summarize: `INSERT INTO transactions (tx, open, job, changed_at, summary) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tx) DO UPDATE SET open = excluded.open, changed_at = excluded.changed_at, summary = excluded.summary`,
  keepKey: "INSERT OR REPLACE INTO data_keys (tx, wrapped) VALUES (?, ?)",
  readKey: "SELECT wrapped FROM data_keys WHERE tx = ?",
  deleteKey: "DELETE FROM data_keys WHERE tx = ?",
  commit: "INSERT INTO commits (number, hash, digest, members, pruned, live) VALUES (?, ?, ?, ?, 0, 1)",
  head: "SELECT number, hash FROM commits ORDER BY number DESC LIMIT 1",
  commits: "SELECT number, hash, digest, members, pruned FROM commits WHERE number > ? ORDER BY number LIMIT ?",
  members: `SELECT tx, position, hash, commit_number FROM entries WHERE commit_number BETWEEN ? AND ?
    ORDER BY commit_number, tx, position`,
  beat: "INSERT INTO owners (owner, beats) VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET beats = beats + 1",
  observe: "SELECT beats FROM owners WHERE owner = ?",
  owners: "SELECT owner FROM owners",
  retire: "DELETE FROM owners WHERE owner = ?",
  prunable: "SELECT tx FROM transactions WHERE open = 0 AND changed_at < ? ORDER BY tx LIMIT ?",
  notePruned: `UPDATE commits SET pruned = pruned + gone.entries,
    live = 1 + LENGTH(members) - LENGTH(REPLACE(members, ' ', '')) > pruned + gone.entries
    FROM (SELECT commit_number, COUNT(*) AS entries FROM entries WHERE tx = ? GROUP BY commit_number) AS gone
    WHERE number = gone.commit_number`,
  deleteEntries: "DELETE FROM entries WHERE tx = ?",
  deleteTransaction: "DELETE FROM transactions WHERE tx = ?",
  // All but the last before the oldest commit that still has entries: the chain begins there.
  dropPrunedCommits: `DELETE FROM commits WHERE number < COALESCE(
    (SELECT MIN(number) FROM commits WHERE live = 1) - 1, (SELECT MAX(number) FROM commits))`,
} as const;

export type Statements = { readonly [Name in keyof typeof sql]: StatementSync };

export function prepareStatements(database: DatabaseSync): Statements {
  const statements = Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(statements) as Statements;
}
