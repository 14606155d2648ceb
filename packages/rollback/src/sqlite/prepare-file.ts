import type { DatabaseSync } from "node:sqlite";
import { JournalError } from "../journal-error.ts";
import { schema, schemaVersion } from "./schema.ts";

// WAL and FULL: one flush per commit, and what was committed survives loss of power. macOS needs its own flush for that.
const settings = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA mmap_size = 0;
PRAGMA trusted_schema = OFF;
`;

/** Sets the connection up, and makes the tables in a new file. Throws if another program's or a later version's file is there. */
export function prepareFile(database: DatabaseSync, path: string): void {
  refuseOtherContent(database, path); // before anything of the file is changed
  database.exec(settings);
  const mode = database.prepare("PRAGMA journal_mode").get()?.journal_mode;
  if (mode !== "wal") {
    throw new JournalError(
      "ERR_JOURNAL_STORE",
      `SQLite cannot keep a write-ahead log for ${path} (mode ${String(mode)}): use a local disk`,
    );
  }
  if (versionOf(database) === schemaVersion) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    makeTables(database, path);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function makeTables(database: DatabaseSync, path: string): void {
  refuseOtherContent(database, path);
  if (versionOf(database) === schemaVersion) return; // another process was faster
  database.exec(schema);
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
}

function refuseOtherContent(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version === schemaVersion) return;
  const tables = Number(database.prepare("SELECT COUNT(*) AS tables FROM sqlite_schema").get()?.tables);
  if (version !== 0 || tables > 0) {
    throw new JournalError(
      "ERR_JOURNAL_STORE",
      `${path} is not a journal this version can read (its version is ${version}, with ${tables} tables): give another path, or install a later @holdfast/rollback`,
    );
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}
