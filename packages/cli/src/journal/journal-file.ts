import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { CliError } from "../cli-error.ts";

const magic = "SQLite format 3\0";
const headerBytes = 100;
const versionOffset = 60; // of `user_version`; https://www.sqlite.org/fileformat.html

/**
 * Refuses what opening would take for a new, empty journal: a file that is not there, is empty, is overwritten at its beginning, or was
 * copied without its write-ahead log.
 */
export function requireJournalFile(path: string): void {
  if (!existsSync(path)) throw new CliError(`There is no journal ${path}: check --journal`);
  const { size } = statSync(path);
  if (!statSync(path).isFile()) throw new CliError(`${path} is not a file: check --journal`);
  if (size === 0) throw damaged(path, "it is empty");
  const header = headerOf(path);
  if (header.length < headerBytes || header.toString("latin1", 0, magic.length) !== magic) {
    throw damaged(path, "it does not begin as a journal does");
  }
  if (header.readUInt32BE(versionOffset) === 0 && !hasContent(`${path}-wal`)) {
    throw damaged(path, `it holds nothing, and its write-ahead log ${path}-wal is missing`);
  }
}

function damaged(path: string, why: string): CliError {
  return new CliError(
    `${path} is not a journal, or is damaged: ${why}. It was not touched; keep a copy of it and of the files beside it, and restore an older one`,
  );
}

function headerOf(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(file, header, 0, headerBytes, 0));
  } finally {
    closeSync(file);
  }
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}
