import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "./make-folder.ts";
import { makePrivateFile } from "./make-private-file.ts";
import { isBusy } from "./sqlite-failure.ts";

/**
 * Shows that a process lives: an empty database under an exclusive lock, which the kernel gives up when the process ends, however
 * it ends. (Node has no other file locks.)
 */
export class OwnerLocks {
  readonly #folder: string;
  readonly #held = new Map<string, DatabaseSync>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes the owner's lock; `false` if it is ours already. */
  hold(owner: string): boolean {
    if (this.#held.has(owner)) return false;
    makeFolder(this.#folder);
    makePrivateFile(this.#file(owner));
    const lock = new DatabaseSync(this.#file(owner), { timeout: 0 });
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    this.#held.set(owner, lock);
    return true;
  }

  /** Whether nobody holds the owner's lock: its process is gone. */
  isFree(owner: string): boolean {
    if (this.#held.has(owner)) return false;
    if (!existsSync(this.#file(owner))) return true;
    const lock = new DatabaseSync(this.#file(owner), { timeout: 0 });
    try {
      lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; ROLLBACK");
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    } finally {
      lock.close();
    }
  }

  /** Gives the owner's lock up, if it is ours, and deletes its file. */
  release(owner: string): void {
    this.#held.get(owner)?.close();
    this.#held.delete(owner);
    rmSync(this.#file(owner), { force: true });
  }

  close(): void {
    for (const owner of [...this.#held.keys()]) this.release(owner);
  }

  #file(owner: string): string {
    return join(this.#folder, `${owner}.lock`);
  }
}
