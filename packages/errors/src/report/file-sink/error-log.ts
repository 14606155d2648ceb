import { readFile, rm } from "node:fs/promises";
import type { ErrorRecord } from "../error-record.ts";
import { withFileLock } from "./file-lock.ts";
import { hasCode } from "./has-code.ts";
import { filesOf, mostFiles } from "./rotate.ts";

export interface ErrorLog {
  /** Oldest first. */
  readonly records: readonly ErrorRecord[];
  /** Lines that could not be read, e.g. because their writer died. */
  readonly unreadableLines: number;
}

/** Reads what `fileSink` wrote to `path`, rotated files included, in this or another process. No file is an empty log. */
export async function readErrorLog(path: string): Promise<ErrorLog> {
  const records: ErrorRecord[] = [];
  let unreadableLines = 0;
  for (const file of filesOf(path, mostFiles).toReversed()) {
    for (const line of await linesOf(file)) {
      const record = recordIn(line);
      if (record === undefined) unreadableLines++;
      else records.push(record);
    }
  }
  return { records, unreadableLines };
}

/** Removes the log with its rotated files. Says how many records went. */
export async function clearErrorLog(path: string): Promise<number> {
  return withFileLock(path, async () => {
    const { records } = await readErrorLog(path);
    for (const file of filesOf(path, mostFiles)) await rm(file, { force: true });
    return records.length;
  });
}

async function linesOf(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function recordIn(line: string): ErrorRecord | undefined {
  try {
    const value: Partial<ErrorRecord> | null = JSON.parse(line);
    return typeof value?.kind === "string" && typeof value.at === "number" ? (value as ErrorRecord) : undefined;
  } catch {
    return undefined;
  }
}
