/** The version this code writes, kept in `PRAGMA user_version`; 0 is a new file. */
export const schemaVersion = 1;

// `entries` keeps its rows in the order they were written, so that a commit fills a few pages at the end of the table, and its key in an
// index: ordered by transaction, each of the 256 that are open side by side had a page of its own in every commit. docs/decisions/0065.
export const schema = `
CREATE TABLE entries (
  tx TEXT NOT NULL, position INTEGER NOT NULL, commit_number INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tx, position)
) STRICT;
CREATE TABLE transactions (
  tx TEXT PRIMARY KEY, open INTEGER NOT NULL, job TEXT, changed_at INTEGER NOT NULL, summary TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX open_transactions ON transactions (tx) WHERE open = 1;
CREATE INDEX jobs ON transactions (job, tx) WHERE job IS NOT NULL;
CREATE TABLE data_keys (tx TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE owners (owner TEXT PRIMARY KEY, beats INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE commits (
  number INTEGER PRIMARY KEY, hash TEXT NOT NULL, digest TEXT NOT NULL, members TEXT NOT NULL, pruned INTEGER NOT NULL,
  live INTEGER NOT NULL
) STRICT;
`;
