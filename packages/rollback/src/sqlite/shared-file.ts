import { JournalError } from "../journal-error.ts";

// SQLite 3.7.0 to 3.51.2: two connections that write and check-point at the same moment can damage the file (the WAL-reset bug).
const [soundMajor, soundMinor, soundPatch] = [3, 51, 3] as const;

/** Whether several processes may use one file with this SQLite. */
export function mayShareFile(version: string | undefined = process.versions.sqlite): boolean {
  const [major = 0, minor = 0, patch = 0] = (version ?? "").split(".").map(Number);
  if (major !== soundMajor) return major > soundMajor;
  return minor === soundMinor ? patch >= soundPatch : minor > soundMinor;
}

export function sharedFileError(): JournalError {
  return new JournalError(
    "ERR_JOURNAL_STORE",
    `Another process has this journal open, and SQLite ${process.versions.sqlite} can damage a shared file: use Node 24.15 or later, or one process at a time`,
  );
}
