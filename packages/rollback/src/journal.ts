import { OptionError } from "@holdfast/errors";
import { assertKnownOptions, assertOneOf, type Event } from "@holdfast/errors/policy";
import { Transaction } from "./forward/transaction.ts";
import { Heartbeat } from "./heartbeat.ts";
import { isJournalError, JournalError, journalClosed } from "./journal-error.ts";
import type { ProgressEvent, StepEvent, TransactionEvent } from "./journal-event.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import type { JournalHead, TransactionFilter, TransactionSummary } from "./journal-store.ts";
import { OpenTransaction } from "./open-transaction.ts";
import { OwnerWatch } from "./owner-watch.ts";
import type { Decision } from "./protocol/record.ts";
import { TransactionState } from "./protocol/transaction-state.ts";
import { readLog } from "./read-log.ts";
import { takeOver } from "./take-over.ts";
import { transactionId } from "./transaction-id.ts";
import { TransactionLog } from "./transaction-log.ts";
import { type TransactionView, transactionView } from "./transaction-view.ts";
import type { RollbackReport } from "./undo/rollback-report.ts";
import { settle } from "./undo/settle.ts";
import { undo } from "./undo/undo.ts";
import { type VerifyOptions, type VerifyReport, verifyJournal } from "./verify.ts";

export interface BeginOptions {
  /** Your own key for this piece of work, to find it again: `journal.transactions({ job })`. */
  readonly job?: string | undefined;
  /** Names of the steps to be run, in order: what is `missing` is told from it. */
  readonly plan?: readonly string[] | undefined;
  /** For the estimate in progress events. Default: the plan's length. */
  readonly expectedSteps?: number | undefined;
}

export interface DecideOptions {
  readonly decision: Decision;
  /** Who decides, for the audit trail. */
  readonly who: string;
  /** Why, and what was seen. */
  readonly why: string;
}

export interface TakeOverOptions {
  /** Take it even if its owner seems alive. It is fenced all the same: what it has running is waited out. Default `false`. */
  readonly force?: boolean | undefined;
  /** Gives up the wait for a dead owner's work to be over, and what follows; what is open stays open. */
  readonly signal?: AbortSignal | undefined;
}

export interface RecoverTransactionOptions extends TakeOverOptions {
  /** Written into the journal as the reason. */
  readonly reason?: string | undefined;
  /** Milliseconds after which an absent effect is looked for once more. Default 0: not. */
  readonly reprobeAfterMs?: number | undefined;
}

/** A journal that is open: it begins transactions, and finishes those of processes that died. */
export class Journal {
  readonly kind = "journal";
  readonly onTransaction: Event<TransactionEvent>;
  readonly onStep: Event<StepEvent>;
  readonly onProgress: Event<ProgressEvent>;
  readonly #runtime: JournalRuntime;
  readonly #heartbeat: Heartbeat;
  readonly #owners: OwnerWatch;
  readonly #mine = new Map<string, TransactionLog | undefined>();
  #closed = false;

  constructor(runtime: JournalRuntime) {
    this.#runtime = runtime;
    this.#heartbeat = new Heartbeat(runtime);
    this.#owners = new OwnerWatch(runtime.store, runtime.clock, runtime.leaseMs);
    this.onTransaction = runtime.transactionEvents.event;
    this.onStep = runtime.stepEvents.event;
    this.onProgress = runtime.progressEvents.event;
  }

  /** This journal's own name among owners: random, new at each opening. */
  get owner(): string {
    return this.#runtime.owner;
  }

  /** Begins a transaction. Nothing is written before its first step: until then there is nothing to undo. */
  async begin(description: string, options: BeginOptions = {}): Promise<Transaction> {
    this.#requireOpen();
    if (typeof description !== "string") throw new OptionError("description", "a text", description);
    assertKnownOptions("begin()", options, beginOptionNames);
    const { job, plan, expectedSteps } = options;
    const { clock, randomBytes, owner } = this.#runtime;
    const state = new TransactionState(transactionId(clock.now(), randomBytes));
    const log = new TransactionLog(this.#runtime, state);
    log.appendLazily({ type: "BEGIN", at: clock.now(), description, owner, epoch: 1, job, plan, expectedSteps });
    const open = new OpenTransaction(this.#runtime, log, clock.monotonic());
    open.emit("begun");
    return this.#handle(open);
  }

  /**
   * Takes over a transaction whose owner is dead, looks for the effects of its unknown steps, and hands it back to go on: named steps
   * that are done are not run again. Rejects with `ERR_JOURNAL_STATE` if it is not open, or its owner lives.
   */
  async resume(transaction: string, options: TakeOverOptions = {}): Promise<Transaction> {
    this.#requireOpen();
    const open = await this.#take(transaction, options);
    if (open.state.status !== "active") {
      this.#release(transaction);
      throw stateError(transaction, `it is ${open.state.status}: it can be rolled back, not resumed`);
    }
    await settle(open, { signal: options.signal });
    open.emit("resumed");
    return this.#handle(open);
  }

  /** Takes over a transaction whose owner is dead, and undoes it. */
  async rollback(transaction: string, options: RecoverTransactionOptions = {}): Promise<RollbackReport> {
    this.#requireOpen();
    const open = await this.#take(transaction, options);
    try {
      const { log, state } = open;
      if (state.status === "active") {
        const reason = options.reason ?? "its owner died";
        const at = this.#runtime.clock.now();
        await log.append({ type: "ROLLBACK", at, reason, who: this.owner, epoch: state.epoch });
        open.emit("rolling-back", { reason });
      }
      return await undo(open, options);
    } finally {
      this.#release(transaction);
    }
  }

  /**
   * Records what a person decides about a parked step (or, without `step`, that a parked rollback is to be tried again), and
   * goes on with the rollback.
   */
  async decide(
    transaction: string,
    step: number | undefined,
    { decision, who, why }: DecideOptions,
    options: TakeOverOptions = {},
  ): Promise<RollbackReport> {
    this.#requireOpen();
    assertOneOf("decision", decision, ["retry", "skip", "resolved"]);
    const open = await this.#take(transaction, { ...options, decides: true });
    try {
      await open.log.append({ type: "DECISION", at: this.#runtime.clock.now(), step, who, decision, why });
      const decided = step === undefined ? undefined : open.state.steps[step - 1];
      if (decided !== undefined) open.emitStep(decided, "decided", { result: decision });
      return await undo(open, options);
    } finally {
      this.#release(transaction);
    }
  }

  /** Transactions in the order they began. */
  async transactions(filter: TransactionFilter = {}): Promise<readonly TransactionSummary[]> {
    this.#requireOpen();
    assertKnownOptions("transactions()", filter, filterNames);
    return this.#runtime.store.list(filter);
  }

  /** All that the journal knows of one transaction: its steps, decisions, checkpoints and records. Sensitive fields stay encrypted. */
  async show(transaction: string): Promise<TransactionView> {
    this.#requireOpen();
    const { state, records } = await readLog(this.#runtime.store, transaction);
    return transactionView(state, records);
  }

  /** Whether the transaction's owner is dead: see {@link OwnerWatch}. This journal's own running work is `alive`. */
  async ownerOf({ id, owner }: Pick<TransactionSummary, "id" | "owner">): Promise<"dead" | "alive" | "unsure"> {
    if (owner === this.owner) return this.#mine.has(id) ? "alive" : "dead";
    return this.#owners.look(owner);
  }

  /** Holds every entry against its hash and the protocol. Reads everything. */
  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    this.#requireOpen();
    return verifyJournal(this.#runtime.store, options);
  }

  /** The latest commit. Keep it elsewhere: `verify({ since })` then notices if the journal was put back to an older copy. */
  async head(): Promise<JournalHead> {
    this.#requireOpen();
    return this.#runtime.store.head();
  }

  /** Deletes final transactions that ended longer ago than that, in milliseconds. Open ones are never deleted. Resolves with their ids. */
  async prune({ olderThanMs }: { readonly olderThanMs: number }): Promise<readonly string[]> {
    this.#requireOpen();
    return this.#runtime.store.prune(this.#runtime.clock.now() - olderThanMs);
  }

  /** Closes the store. Transactions that are still open stay in it, for whoever recovers; their handles take nothing more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#heartbeat.stop();
    await Promise.allSettled([...this.#mine.values()].map((log) => log?.flush()));
    for (const log of this.#mine.values()) log?.close();
    await this.#runtime.store.retire(this.owner).catch(() => {}); // a broken store is closed all the same
    await this.#runtime.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #take(transaction: string, options: Parameters<typeof takeOver>[3]): Promise<OpenTransaction> {
    if (this.#mine.has(transaction)) throw stateError(transaction, "it is running here: end it through its handle");
    this.#claim(transaction);
    try {
      // What this journal itself owned, and does not run any more, is nobody's: an earlier try ended half-way.
      const ownerOf = async ({ owner }: Pick<TransactionSummary, "owner">) =>
        owner === this.owner ? "dead" : this.#owners.look(owner);
      return await takeOver(this.#runtime, transaction, ownerOf, options);
    } catch (error) {
      this.#release(transaction);
      throw isJournalError(error)
        ? error
        : new Error(`Transaction ${transaction} could not be taken over`, { cause: error });
    }
  }

  #handle(open: OpenTransaction): Transaction {
    if (!this.#mine.has(open.id)) this.#claim(open.id);
    this.#mine.set(open.id, open.log);
    return new Transaction(open, () => this.#release(open.id));
  }

  #claim(transaction: string): void {
    this.#mine.set(transaction, undefined);
    this.#heartbeat.transactionBegun();
  }

  #release(transaction: string): void {
    if (this.#mine.delete(transaction)) this.#heartbeat.transactionEnded();
  }

  #requireOpen(): void {
    if (this.#closed) throw journalClosed();
  }
}

const beginOptionNames: Readonly<Record<keyof BeginOptions, 0>> = { job: 0, plan: 0, expectedSteps: 0 };
const filterNames: Readonly<Record<keyof TransactionFilter, 0>> = { open: 0, job: 0, after: 0, limit: 0 };

function stateError(transaction: string, why: string): JournalError {
  return new JournalError("ERR_JOURNAL_STATE", `Transaction ${transaction}: ${why}`, { transaction });
}
