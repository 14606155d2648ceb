import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A file that holds disk space, to be given up when the disk is full: rollbacks are then written in its place. */
export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #held = false;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  get held(): boolean {
    return this.#held || this.#bytes === 0;
  }

  /** Takes the space, if it is not taken. Tells whether it is held. */
  take(): boolean {
    if (this.held || sizeOf(this.#path) >= this.#bytes) {
      this.#held = true;
      return true;
    }
    try {
      fill(this.#path, this.#bytes);
      this.#held = true;
    } catch {
      rmSync(this.#path, { force: true });
    }
    return this.#held;
  }

  /** Takes the space again once as much would be left beside it: not what was just given up to be written in. */
  takeAgain(): boolean {
    return freeBytes(this.#path) >= this.#bytes * 2 && this.take();
  }

  /** Gives the space up. */
  drop(): void {
    rmSync(this.#path, { force: true });
    this.#held = false;
  }
}

// Written, not just sized: a sparse file holds no space. Not zeros: some file systems store those as nothing.
function fill(path: string, bytes: number): void {
  const file = openSync(path, "w", 0o600);
  try {
    const block = Buffer.alloc(64 * 1_024, 0xa5);
    for (let left = bytes; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Bytes left on the disk that holds `path`. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
