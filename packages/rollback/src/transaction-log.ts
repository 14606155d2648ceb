import type { Timer } from "@holdfast/errors/policy";
import { isJournalError, JournalError, journalClosed } from "./journal-error.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import { entryBody, entryHash } from "./protocol/entry-text.ts";
import type { JournalRecord } from "./protocol/record.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";
import { recordedError } from "./recorded-error.ts";

/** Where a log stands: what the next entry builds on. */
export interface LogEnd {
  /** The next entry's position. */
  readonly position: number;
  /** The last entry's hash; empty when there is none. */
  readonly hash: string;
}

/**
 * A transaction's log as its owner writes it. One entry is on its way at a time; records that come meanwhile go together in
 * the next. The state is ahead of what is durable by exactly those.
 */
export class TransactionLog {
  readonly state: TransactionState;
  readonly #runtime: JournalRuntime;
  #position: number;
  #hash: string;
  #pending: JournalRecord[] = [];
  #pendingKey: Uint8Array | null | undefined;
  #durable: PromiseWithResolvers<void> | undefined;
  #busy = false;
  #summaryDue = false;
  #timer: Timer | undefined;
  #failure: unknown;

  constructor(runtime: JournalRuntime, state: TransactionState, end: LogEnd = { position: 0, hash: "" }) {
    this.#runtime = runtime;
    this.state = state;
    this.#position = end.position;
    this.#hash = end.hash;
  }

  /** Why nothing more can be written here; `undefined` while it can. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether anything was ever made durable. */
  get written(): boolean {
    return this.#position > 0;
  }

  /** Adds records and resolves once they, and all before them, are durable. */
  append(...records: readonly JournalRecord[]): Promise<void> {
    try {
      this.#enqueue(records);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.flush();
  }

  /** Adds records that may wait: they go with the next entry, or after `lazyMs`. */
  appendLazily(...records: readonly JournalRecord[]): void {
    this.#enqueue(records);
    if (this.#busy || this.#timer !== undefined) return;
    const { clock, lazyMs } = this.#runtime;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, lazyMs);
  }

  /** Has the store keep this wrapped data key from the next entry on; `null` to destroy it. */
  keepKey(key: Uint8Array | null): void {
    this.#pendingKey = key;
  }

  /** Takes nothing more, as its journal is closed: what is not flushed by now is not written. */
  close(): void {
    if (this.#failure === undefined) this.#fail(journalClosed(), undefined);
  }

  /** Resolves once everything added so far is durable. */
  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending.length === 0 && !this.#busy) return Promise.resolve();
    this.#durable ??= Promise.withResolvers();
    const { promise } = this.#durable;
    this.#send();
    return promise;
  }

  #enqueue(records: readonly JournalRecord[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const record of records) {
      const { status, epoch } = this.state;
      this.state.apply(record);
      if (status !== this.state.status || epoch !== this.state.epoch) this.#summaryDue = true;
      this.#pending.push(record);
    }
  }

  #send(): void {
    if (this.#busy) return;
    const records = this.#pending;
    const done = this.#durable;
    this.#durable = undefined;
    if (records.length === 0) {
      done?.resolve();
      return;
    }
    if (this.#timer !== undefined) {
      this.#runtime.clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#pending = [];
    this.#busy = true;
    const entry = this.#entry(records);
    const key = this.#pendingKey;
    this.#pendingKey = undefined;
    const summary = this.#summaryDue ? this.state.summary() : undefined;
    this.#summaryDue = false;
    const forward = beginsSomething(records);
    this.#runtime.store.append({ ...entry, forward, summary, key }).then(
      (outcome) => {
        this.#busy = false;
        if (outcome === "fenced") return this.#fail(this.#fenced(), done);
        this.#position = entry.position + 1;
        this.#hash = entry.hash;
        done?.resolve();
        if (this.#durable !== undefined || this.#pending.length > 0) this.#send();
      },
      (error) => {
        this.#busy = false;
        if (!isJournalError(error, "ERR_JOURNAL_FULL")) return this.#fail(error, done);
        this.#pendingKey ??= key;
        this.#summaryDue ||= summary !== undefined;
        this.#refused(records, error);
        done?.reject(error);
        if (forward && this.#durable !== undefined) this.#send();
      },
    );
  }

  #entry(records: readonly JournalRecord[]) {
    const body = entryBody(this.#runtime.owner, records);
    const place = { transaction: this.state.id, position: this.#position, body };
    return { ...place, hash: entryHash(this.#hash, place) };
  }

  // The disk is full. The effects of refused intents never begin, which is written down with what tells of finished
  // steps, in the next entry: that one begins nothing, so the store has room for it in its reserve.
  #refused(records: readonly JournalRecord[], error: unknown): void {
    const kept: JournalRecord[] = [];
    for (const record of records) {
      if (record.type === "CHECKPOINT") {
        this.state.checkpoints.delete(record.name);
        continue;
      }
      kept.push(record);
      if (record.type !== "INTENT" || isFinished(record.step, records)) continue;
      const failed = { type: "FAILED", at: record.at, step: record.step, error: recordedError(error) } as const;
      this.state.apply(failed);
      kept.push(failed);
    }
    this.#pending = [...kept, ...this.#pending];
  }

  #fail(error: unknown, done: PromiseWithResolvers<void> | undefined): void {
    this.#failure = error;
    done?.reject(error);
    this.#durable?.reject(error);
    this.#durable = undefined;
  }

  #fenced(): JournalError {
    const { id } = this.state;
    return new JournalError(
      "ERR_JOURNAL_FENCED",
      `Transaction ${id} was taken over by another process: start nothing more for it; \`journal.show\` tells what became of it`,
      { transaction: id },
    );
  }
}

function beginsSomething(records: readonly JournalRecord[]): boolean {
  return records.some(
    (record) => record.type === "CHECKPOINT" || (record.type === "INTENT" && !isFinished(record.step, records)),
  );
}

function isFinished(step: number, records: readonly JournalRecord[]): boolean {
  return records.some((record) => record.type === "FAILED" && record.step === step);
}
