import { closeSync, openSync } from "node:fs";

/**
 * Makes an empty file that only its owner can read, unless there is one: SQLite would make it readable by everybody, and gives its
 * `-wal` and `-shm` the same mode.
 *
 * One that is there is not opened: closing it here would give up the locks that this process holds on it.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
