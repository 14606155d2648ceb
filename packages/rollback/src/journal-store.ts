/** Where a transaction stands, as its store indexes it. */
export type TransactionStatus = "active" | "rolling-back" | "parked" | "committed" | "rolled-back";

/** What a store keeps beside a transaction's log, so that lists need not read every log. */
export interface TransactionSummary {
  readonly id: string;
  readonly description: string;
  readonly status: TransactionStatus;
  /** Who last began it or took it over. */
  readonly owner: string;
  readonly epoch: number;
  readonly job: string | undefined;
  /** When it began, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** When its status last changed, in milliseconds since the epoch. */
  readonly changedAt: number;
  /** Rolled back, but not whole: a person had some steps left as they are. */
  readonly partial: boolean;
}

/** One atomic piece of a transaction's log: a batch of records. */
export interface Entry {
  readonly transaction: string;
  /** Its place in the transaction's log, from 0, without gaps. */
  readonly position: number;
  /** The records, as text. */
  readonly body: string;
  /** SHA-256, in hexadecimal, over the entry before it and this one. Equal hashes mean the same writer's same entry. */
  readonly hash: string;
}

export interface AppendRequest extends Entry {
  /** Whether this begins something new. A store with no room left refuses these, and keeps its reserve for the others. */
  readonly forward: boolean;
  /** The summary from now on; absent when it has not changed. */
  readonly summary?: TransactionSummary | undefined;
  /** The transaction's wrapped data key to keep from now on; `null` to destroy it, in the same atomic write. */
  readonly key?: Uint8Array | null | undefined;
}

export interface TransactionFilter {
  /** Only those that are not final (`true`) or only those that are (`false`). */
  readonly open?: boolean | undefined;
  readonly job?: string | undefined;
  /** Only those whose id sorts after this one: ids sort by the time they were made. */
  readonly after?: string | undefined;
  /** At most so many. Default 1,000. */
  readonly limit?: number | undefined;
}

/** How an owner looks from outside. */
export interface OwnerSight {
  /** Raised by the owner at each beat. */
  readonly beats: number;
  /** The owner's process is known to be gone: waiting for it is pointless. */
  readonly gone: boolean;
}

/** A durable commit of the whole journal: what one flush made durable, chained to those before it. */
export interface Commit {
  /** From 1, without gaps. */
  readonly number: number;
  /** SHA-256 over the hash of the commit before it and the entries of this one. */
  readonly hash: string;
  /** The entries it held, as `transaction/position`; so that one that is lost can be named. */
  readonly members: readonly string[];
  /** How many of those have been pruned since. */
  readonly pruned: number;
  /** SHA-256 over its entries; {@link commitDigest}. */
  readonly digest: string;
}

/** An entry as a member of a commit. */
export interface CommitMember extends Omit<Entry, "body"> {
  readonly commit: number;
}

/** The journal's latest commit: keep it elsewhere, and `verify({ since })` tells if the journal is an older copy. */
export interface JournalHead {
  readonly number: number;
  readonly hash: string;
}

/**
 * Where a journal keeps its entries. Hold an own store against `storeConformance` of `@holdfast/rollback/testing`.
 *
 * Every method rejects with `ERR_JOURNAL_BROKEN` once an input or output error occurred: what was asked since is not known
 * to be durable, and the same flush is never tried again.
 */
export interface JournalStore {
  /** E.g. `sqlite`; for messages. */
  readonly kind: string;
  /** Makes it ready. Called once, before anything else. */
  open(): Promise<void>;
  /**
   * Adds an entry, atomically, and resolves once it is durable. The write is the fence: it resolves with `fenced`, and has
   * changed nothing, when another entry holds that position or the one before it does not exist. If the very same entry
   * (by hash) is there already, it was an earlier try of this one, and it resolves with `appended`.
   *
   * Rejects with `ERR_JOURNAL_FULL` when there is no room for a forward entry.
   */
  append(request: AppendRequest): Promise<"appended" | "fenced">;
  /** A transaction's log in order, from a position on; empty if there is none. */
  read(transaction: string, from?: number): Promise<readonly Entry[]>;
  /** Summaries in the order of their ids. */
  list(filter?: TransactionFilter): Promise<readonly TransactionSummary[]>;
  /** The transaction's wrapped data key; `undefined` if it never had one, or it was destroyed. */
  readKey(transaction: string): Promise<Uint8Array | undefined>;
  /** Raises the owner's beat counter, durably. */
  beat(owner: string): Promise<void>;
  /** How the owner looks from here; `undefined` if it never beat, or retired. */
  observe(owner: string): Promise<OwnerSight | undefined>;
  /** Forgets the owner: it has closed in good order, or is known to be dead and owns nothing. */
  retire(owner: string): Promise<void>;
  /** Deletes final transactions whose status last changed before then, in milliseconds since the epoch. Resolves with their ids. */
  prune(before: number): Promise<readonly string[]>;
  /** The latest commit; number 0 and an empty hash if there is none. */
  head(): Promise<JournalHead>;
  /** Commits in order, from the one after `after` on, at most `limit`. The oldest may have been dropped once wholly pruned. */
  commits(after: number, limit: number): Promise<readonly Commit[]>;
  /** What is still there of the entries of these commits, both included, ordered by commit, transaction and position. */
  members(first: number, last: number): Promise<readonly CommitMember[]>;
  close(): Promise<void>;
}
