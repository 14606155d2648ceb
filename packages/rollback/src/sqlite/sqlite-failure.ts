import { JournalError } from "../journal-error.ts";

const busy = 5;
const corrupt = 11;
const full = 13;
const notADatabase = 26;

/** SQLite's primary result code of an error that `node:sqlite` threw; `undefined` if it was not SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (error === null || typeof error !== "object" || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined; // the rest tells the kind of I/O error
}

/** Another process holds the write lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === busy;
}

export function isFull(error: unknown): boolean {
  return sqliteCode(error) === full || (error as NodeJS.ErrnoException | null)?.code === "ENOSPC";
}

/** The file's content is not a sound database: what was asked for cannot be read, other parts may be. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === corrupt || code === notADatabase;
}

export function fullError(path: string, cause: unknown): JournalError {
  return new JournalError(
    "ERR_JOURNAL_FULL",
    `No room left for the journal ${path}: no step was begun. Free space; open transactions can still be rolled back, from its reserve`,
    { cause },
  );
}

export function brokenError(path: string, cause: unknown): JournalError {
  return new JournalError(
    "ERR_JOURNAL_BROKEN",
    `The journal ${path} failed and was closed: what was asked of it since its last answer may or may not be durable. Check the disk, open it again, and recover`,
    { cause },
  );
}

export function damagedError(path: string, cause: unknown): JournalError {
  return new JournalError(
    "ERR_JOURNAL_DAMAGED",
    `Part of the journal ${path} cannot be read: its file is damaged. Keep a copy of it, restore an older one, and recover the rest`,
    { cause },
  );
}
