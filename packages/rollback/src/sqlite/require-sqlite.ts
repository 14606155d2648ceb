import { isBuiltin } from "node:module";
import { JournalError } from "../journal-error.ts";

/** Refuses a Node without `node:sqlite`, before anything that needs it is loaded. */
export function requireSqlite(): void {
  if (isBuiltin("node:sqlite")) return;
  throw new JournalError(
    "ERR_JOURNAL_STORE",
    `This is Node ${process.versions.node}, which has no node:sqlite: use Node 22.15 or later (24.15 or later for several processes on one journal)`,
  );
}
