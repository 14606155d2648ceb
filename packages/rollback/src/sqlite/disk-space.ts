import type { DatabaseSync } from "node:sqlite";
import { Ballast, freeBytes } from "./ballast.ts";
import { LogRoom } from "./log-room.ts";
import { isFull } from "./sqlite-failure.ts";

// The write-ahead log is brought into the database when it has so many pages. While space is scarce it is kept so short that
// bringing it in takes less than the reserve.
const logPages = 4_000;
const logPagesWhenScarce = 50;
const scarceBytes = 64 * 1_024 * 1_024;
const commitsBetweenLooks = 200;

/** Sees to it that a rollback can still be written when the disk is full. */
export class DiskSpace {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #ballast: Ballast;
  readonly #room: LogRoom;
  #full: boolean;
  #scarce: boolean | undefined;
  #commitsUntilLook = 0;

  constructor(path: string, database: DatabaseSync, ballastBytes: number) {
    this.#path = path;
    this.#database = database;
    this.#ballast = new Ballast(`${path}-ballast`, ballastBytes);
    this.#room = new LogRoom(path);
    this.#full = !this.#ballast.take();
  }

  /** Whether something new may be begun. */
  hasRoom(): boolean {
    if (this.#full) this.#full = !this.#ballast.takeAgain();
    return !this.#full;
  }

  isScarce(): boolean {
    return this.#full || freeBytes(this.#path) < scarceBytes;
  }

  /** Does something that must be done even when the disk is full: in place of the reserve, if need be. */
  withReserve<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isFull(error) || this.#full) throw error;
      this.#full = true;
      this.#ballast.drop();
      this.#shortenLog();
      return work();
    }
  }

  /** To be called within the transaction that writes so many entries. */
  committing(entries: number): void {
    if (this.#scarce === false && !this.#full) this.#room.grow(entries);
  }

  /** Brings what the log holds into the database. `false` if another process that is just reading kept it from being emptied. */
  emptyLog(): boolean {
    const row = this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    this.#room.emptied();
    return row?.busy === 0;
  }

  committed(): void {
    if (this.#full) this.#shortenLog();
    this.#commitsUntilLook -= 1;
    if (this.#commitsUntilLook < 0) this.#look();
  }

  close(): void {
    this.#room.close();
  }

  #look(): void {
    this.#commitsUntilLook = commitsBetweenLooks;
    const scarce = freeBytes(this.#path) < scarceBytes;
    if (scarce === this.#scarce) return;
    this.#scarce = scarce;
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${scarce ? logPagesWhenScarce : logPages}`);
    if (scarce) this.#shortenLog();
  }

  // Its space can then be used again.
  #shortenLog(): void {
    try {
      this.emptyLog();
    } catch (error) {
      if (!isFull(error)) throw error; // then the log grows instead
    }
  }
}
