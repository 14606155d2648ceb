import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type {
  AppendRequest,
  Commit,
  CommitMember,
  Entry,
  JournalHead,
  OwnerSight,
  TransactionFilter,
  TransactionSummary,
} from "../journal-store.ts";
import { byPlace, commitDigest, commitHash, memberName } from "../protocol/entry-text.ts";
import { DiskSpace } from "./disk-space.ts";
import { refuseNetworkFileSystem, refuseOtherThanFile } from "./file-system.ts";
import { makeFolder } from "./make-folder.ts";
import { makePrivateFile } from "./make-private-file.ts";
import { OwnerLocks } from "./owner-lock.ts";
import { prepareFile } from "./prepare-file.ts";
import { refuseEmptiedFile, traceOfJournal } from "./refuse-emptied-file.ts";
import { commitOf, entryOf, memberOf, summaryOf } from "./rows.ts";
import { mayShareFile, sharedFileError } from "./shared-file.ts";
import { isFull } from "./sqlite-failure.ts";
import { prepareStatements, type Statements } from "./statements.ts";

export interface EngineOptions {
  readonly path: string;
  readonly ballastBytes: number;
}

const prunedTogether = 100;

/** What became of each request of a batch. */
export type AppendOutcome = "appended" | "fenced" | "full";

/**
 * The journal's SQL, synchronous: a worker runs it, or the main thread. Throws what `node:sqlite` throws; a busy database
 * is the caller's to try again.
 */
export class SqliteEngine {
  readonly #space: DiskSpace;
  readonly #locks: OwnerLocks;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  #keysDestroyed = false;

  constructor({ path, ballastBytes }: EngineOptions) {
    makeFolder(dirname(path));
    refuseNetworkFileSystem(dirname(path));
    const trace = traceOfJournal(path);
    makePrivateFile(path);
    refuseOtherThanFile(path);
    refuseEmptiedFile(path, trace);
    this.#locks = new OwnerLocks(`${path}-owners`);
    this.#database = new DatabaseSync(path, { timeout: 0 });
    try {
      prepareFile(this.#database, path);
      this.#statements = prepareStatements(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#space = new DiskSpace(path, this.#database, ballastBytes);
  }

  /** Writes a batch with one flush; durable when it returns. Nothing of it is written when it throws. */
  append(batch: readonly AppendRequest[]): readonly AppendOutcome[] {
    if (!batch.some(({ forward }) => forward)) return this.#appendAll(batch);
    if (!this.#space.hasRoom()) return this.#appendRest(batch);
    try {
      return this.#commit(batch);
    } catch (error) {
      if (!isFull(error)) throw error;
      return this.#appendRest(batch);
    }
  }

  // The disk is full: only what ends something is written.
  #appendRest(batch: readonly AppendRequest[]): readonly AppendOutcome[] {
    const rest = batch.filter(({ forward }) => !forward);
    const outcomes = this.#appendAll(rest);
    const outcomeOf = new Map(rest.map((request, index) => [request, outcomes[index]!]));
    return batch.map((request) => outcomeOf.get(request) ?? "full");
  }

  #appendAll(batch: readonly AppendRequest[]): readonly AppendOutcome[] {
    try {
      return this.#space.withReserve(() => this.#commit(batch));
    } catch (error) {
      if (!isFull(error)) throw error;
      return batch.map(() => "full");
    }
  }

  read(transaction: string, from: number): readonly Entry[] {
    return this.#statements.read.all(transaction, from).map(entryOf);
  }

  list({ open, job, after = "", limit = 1_000 }: TransactionFilter): readonly TransactionSummary[] {
    const conditions = ["tx > ?"];
    if (open !== undefined) conditions.push(`open = ${open ? 1 : 0}`);
    if (job !== undefined) conditions.push("job = ?");
    const sql = `SELECT * FROM transactions WHERE ${conditions.join(" AND ")} ORDER BY tx LIMIT ?`;
    return this.#database
      .prepare(sql)
      .all(after, ...(job === undefined ? [] : [job]), limit)
      .map(summaryOf);
  }

  readKey(transaction: string): Uint8Array | undefined {
    const wrapped = this.#statements.readKey.get(transaction)?.wrapped;
    return wrapped instanceof Uint8Array ? wrapped : undefined;
  }

  beat(owner: string): void {
    if (this.#locks.hold(owner)) this.#refuseOthers(owner);
    this.#space.withReserve(() => this.#statements.beat.run(owner));
  }

  observe(owner: string): OwnerSight | undefined {
    const row = this.#statements.observe.get(owner);
    return row === undefined ? undefined : { beats: Number(row.beats), gone: this.#locks.isFree(owner) };
  }

  retire(owner: string): void {
    this.#space.withReserve(() => this.#statements.retire.run(owner));
    this.#locks.release(owner);
  }

  /** A few at a time: what one write deletes must fit the write-ahead log, and others want their turn. */
  prune(before: number): readonly string[] {
    const pruned: string[] = [];
    for (;;) {
      const count = this.#space.isScarce() ? 1 : prunedTogether;
      const some = this.#space.withReserve(() => this.#pruneSome(before, count));
      pruned.push(...some);
      if (some.length < count) return pruned;
    }
  }

  head(): JournalHead {
    const row = this.#statements.head.get();
    return row === undefined ? { number: 0, hash: "" } : { number: Number(row.number), hash: String(row.hash) };
  }

  commits(after: number, limit: number): readonly Commit[] {
    return this.#statements.commits.all(after, limit).map(commitOf);
  }

  members(first: number, last: number): readonly CommitMember[] {
    return this.#statements.members.all(first, last).map(memberOf);
  }

  /** What can wait until nobody waits: the write-ahead log is brought into the database, the reserve is filled again. */
  tidy(): void {
    if (this.#keysDestroyed) this.#emptyLog();
    else this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    this.#space.hasRoom();
  }

  close(): void {
    this.#locks.close();
    this.#space.close();
    this.#database.close();
  }

  #commit(batch: readonly AppendRequest[]): readonly AppendOutcome[] {
    if (batch.length === 0) return [];
    const outcomes = this.#inTransaction(() => {
      const { number, hash: previous } = this.head();
      const next = number + 1;
      const written: AppendRequest[] = [];
      const outcomes = batch.map((request) => this.#write(request, next, written));
      if (written.length > 0) {
        this.#space.committing(written.length);
        const digest = commitDigest(written.sort(byPlace));
        const hash = commitHash(previous, { number: next, digest });
        this.#statements.commit.run(next, hash, digest, written.map(memberName).join(" "));
      }
      return outcomes;
    });
    // Deleted, overwritten in the database, but still in the write-ahead log until that is emptied.
    if (batch.some(({ key }) => key === null)) this.#keysDestroyed = true;
    if (this.#keysDestroyed) this.#emptyLog();
    this.#space.committed();
    return outcomes;
  }

  #pruneSome(before: number, count: number): readonly string[] {
    const pruned = this.#inTransaction(() => {
      const { prunable, notePruned, deleteEntries, deleteKey, deleteTransaction, dropPrunedCommits } = this.#statements;
      const transactions = prunable.all(before, count).map(({ tx }) => String(tx));
      for (const transaction of transactions) {
        for (const statement of [notePruned, deleteEntries, deleteKey, deleteTransaction]) statement.run(transaction);
      }
      dropPrunedCommits.run();
      return transactions;
    });
    this.#space.committed();
    return pruned;
  }

  #refuseOthers(owner: string): void {
    if (mayShareFile()) return;
    const others = this.#statements.owners.all().map((row) => String(row.owner));
    if (others.some((other) => other !== owner && !this.#locks.isFree(other))) throw sharedFileError();
  }

  #write(request: AppendRequest, commit: number, written: AppendRequest[]): AppendOutcome {
    const { transaction, position, hash, body, summary, key } = request;
    const { changes } = this.#statements.append.run(transaction, position, commit, hash, body);
    if (Number(changes) === 0) {
      return this.#statements.hashAt.get(transaction, position)?.hash === hash ? "appended" : "fenced";
    }
    written.push(request);
    if (summary !== undefined) this.#summarize(summary);
    if (key === null) this.#statements.deleteKey.run(transaction);
    else if (key !== undefined) this.#statements.keepKey.run(transaction, key);
    return "appended";
  }

  #summarize(summary: TransactionSummary): void {
    const open = summary.status === "committed" || summary.status === "rolled-back" ? 0 : 1;
    this.#statements.summarize.run(summary.id, open, summary.job ?? null, summary.changedAt, JSON.stringify(summary));
  }

  // What cannot be emptied now is tried again with the next commit or in the next idle moment.
  #emptyLog(): void {
    this.#keysDestroyed = !this.#space.emptyLog();
  }

  #inTransaction<T>(work: () => T): T {
    this.#statements.begin.run();
    try {
      const result = work();
      this.#statements.end.run();
      return result;
    } catch (error) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back already, after an I/O error or a full disk
      }
      throw error;
    }
  }
}
