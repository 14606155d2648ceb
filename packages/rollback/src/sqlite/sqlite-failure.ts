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
  return isDamaged(error) || sqliteCode(error) === notADatabase;
}

/** As {@link isCorrupt}, of a file that begins as a database does. */
export function isDamaged(error: unknown): boolean {
  return sqliteCode(error) === corrupt;
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

/** It could not be opened, and nothing was asked of it yet. */
export function unopenedError(path: string, cause: unknown): JournalError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (sqliteCode(cause) === notADatabase) {
    return new JournalError(
      "ERR_JOURNAL_STORE",
      `${path} is not a journal (${text}), and was left as it is: give another path. If it was one, its beginning is damaged: keep a copy`,
      { cause },
    );
  }
  return new JournalError(
    "ERR_JOURNAL_STORE",
    `The journal ${path} cannot be opened: ${text}. Give the path of a file in a folder on a local disk that this user may write to`,
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
