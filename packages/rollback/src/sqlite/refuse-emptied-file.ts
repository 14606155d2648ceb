import { statSync } from "node:fs";
import { JournalError } from "../journal-error.ts";

/** The file beside `path` that only a journal with content leaves there, if there is one: look before the journal's own file is made. */
export function traceOfJournal(path: string): string | undefined {
  return [`${path}-wal`, `${path}-ballast`, `${path}-owners`].find((trace) => {
    const stats = statSync(trace, { throwIfNoEntry: false });
    return stats !== undefined && (stats.isDirectory() || stats.size > 0);
  });
}

/**
 * Refuses a file that SQLite would take for a new database although it is none: one of a single byte, and an empty one where `trace` shows that
 * there was a journal. To open that as new would say that nothing was left open.
 */
export function refuseEmptiedFile(path: string, trace: string | undefined): void {
  const { size } = statSync(path);
  if (size === 1) {
    throw new JournalError(
      "ERR_JOURNAL_STORE",
      `${path} holds 1 byte and is not a journal, and was left as it is: give another path. If it was a journal, it was cut off: restore a copy`,
    );
  }
  if (size === 0 && trace !== undefined) {
    throw new JournalError(
      "ERR_JOURNAL_DAMAGED",
      `${path} is empty or missing, but ${trace} shows that a journal was there: it was cut off, deleted or moved. Restore a copy, and recover; to begin a new one, delete ${trace} first`,
    );
  }
}
