import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { isFull } from "./sqlite-failure.ts";

const pieceBytes = 64 * 1_024;
const mostBytes = 256 * 1_024; // at a time
const longestBytes = 17 * 1_024 * 1_024; // what SQLite lets the log grow to before it begins again at its front, and some
const fewEntries = 32; // what more of them write and flush takes long beside what a new length costs

/**
 * Keeps the write-ahead log's file longer than what it holds: a flush of a file that has just grown takes twice as long as one of a file that
 * keeps its length, because where the new blocks lie must be written too. Zeros at its end are no frame of a log: SQLite reads up to them, and
 * writes over them. docs/decisions/0068.
 */
export class LogRoom {
  readonly #path: string;
  #file: number | undefined;
  #end = 0;

  /** Of the database at `path`. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  /** To be called within a transaction that writes `entries`: then no other process adds to the log, and its flush covers the new length. */
  grow(entries: number): void {
    if (entries > fewEntries) return;
    this.#file ??= openSync(this.#path, "r+");
    if (this.#end > 0 && !this.#isLongerThan(this.#end)) return;
    const { size } = fstatSync(this.#file);
    this.#end = size;
    // Whole pieces: as another process has left it, and not yet used up.
    if (size === 0 || size % pieceBytes === 0 || size >= longestBytes) return;
    const end = Math.ceil((size + Math.min(size, mostBytes)) / pieceBytes) * pieceBytes;
    try {
      while (this.#end < end) {
        this.#end += writeSync(this.#file, zeros, 0, pieceBytes - (this.#end % pieceBytes), this.#end);
      }
    } catch (error) {
      if (!isFull(error)) throw error; // the log then grows as it is written, or its commit is refused
    }
  }

  /** The log was emptied, and its file with it. */
  emptied(): void {
    this.#end = 0;
  }

  /** SQLite locks the database and its `-shm`, not this file: closing it gives up no lock. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  // By reading where its end was: asking for its size would have the file system write down when it was last changed, with every flush.
  #isLongerThan(end: number): boolean {
    return readSync(this.#file!, oneByte, 0, 1, end) > 0;
  }
}

const zeros = new Uint8Array(pieceBytes);
const oneByte = new Uint8Array(1);
