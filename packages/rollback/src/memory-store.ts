import type {
  AppendRequest,
  Commit,
  CommitMember,
  Entry,
  JournalHead,
  JournalStore,
  OwnerSight,
  TransactionFilter,
  TransactionSummary,
} from "./journal-store.ts";
import { commitDigest, commitHash, memberName } from "./protocol/entry-text.ts";

/** A store that lives and dies with the process: for tests, and for work that needs undo but not crash safety. */
export function memoryStore(): JournalStore {
  return new MemoryStore();
}

interface StoredEntry extends Entry {
  readonly commit: number;
}

class MemoryStore implements JournalStore {
  readonly kind = "memory";
  readonly #logs = new Map<string, StoredEntry[]>();
  readonly #summaries = new Map<string, TransactionSummary>();
  readonly #keys = new Map<string, Uint8Array>();
  readonly #beats = new Map<string, number>();
  readonly #commits: Commit[] = [];
  #head: JournalHead = { number: 0, hash: "" };

  async open(): Promise<void> {}

  async append({ transaction, position, body, hash, summary, key }: AppendRequest): Promise<"appended" | "fenced"> {
    const log = this.#logs.get(transaction) ?? [];
    const there = log[position];
    if (there !== undefined) return there.hash === hash ? "appended" : "fenced";
    if (position !== log.length) return "fenced";
    log.push({ transaction, position, body, hash, commit: this.#commit({ transaction, position, hash }) });
    this.#logs.set(transaction, log);
    if (summary !== undefined) this.#summaries.set(transaction, summary);
    if (key === null) this.#keys.delete(transaction);
    else if (key !== undefined) this.#keys.set(transaction, key.slice());
    return "appended";
  }

  async read(transaction: string, from = 0): Promise<readonly Entry[]> {
    return (this.#logs.get(transaction) ?? []).slice(from);
  }

  async list({ open, job, after = "", limit = 1_000 }: TransactionFilter = {}): Promise<readonly TransactionSummary[]> {
    return [...this.#summaries.values()]
      .filter((each) => each.id > after)
      .filter((each) => open === undefined || open !== isFinal(each))
      .filter((each) => job === undefined || each.job === job)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async readKey(transaction: string): Promise<Uint8Array | undefined> {
    return this.#keys.get(transaction)?.slice();
  }

  async beat(owner: string): Promise<void> {
    this.#beats.set(owner, (this.#beats.get(owner) ?? 0) + 1);
  }

  async observe(owner: string): Promise<OwnerSight | undefined> {
    const beats = this.#beats.get(owner);
    return beats === undefined ? undefined : { beats, gone: false };
  }

  async retire(owner: string): Promise<void> {
    this.#beats.delete(owner);
  }

  async prune(before: number): Promise<readonly string[]> {
    const pruned = [...this.#summaries.values()].filter((each) => isFinal(each) && each.changedAt < before);
    for (const { id } of pruned) {
      for (const { commit } of this.#logs.get(id) ?? []) this.#prunedFrom(commit);
      this.#logs.delete(id);
      this.#summaries.delete(id);
      this.#keys.delete(id);
    }
    return pruned.map(({ id }) => id);
  }

  async head(): Promise<JournalHead> {
    return this.#head;
  }

  async commits(after: number, limit: number): Promise<readonly Commit[]> {
    return this.#commits.filter((each) => each.number > after).slice(0, limit);
  }

  async members(first: number, last: number): Promise<readonly CommitMember[]> {
    return [...this.#logs.values()]
      .flat()
      .filter(({ commit }) => commit >= first && commit <= last)
      .map(({ transaction, position, hash, commit }) => ({ transaction, position, hash, commit }))
      .sort((a, b) => a.commit - b.commit);
  }

  async close(): Promise<void> {}

  #commit(entry: Omit<Entry, "body">): number {
    const number = this.#head.number + 1;
    const digest = commitDigest([entry]);
    const hash = commitHash(this.#head.hash, { number, digest });
    this.#commits.push({ number, hash, digest, members: [memberName(entry)], pruned: 0 });
    this.#head = { number, hash };
    return number;
  }

  #prunedFrom(number: number): void {
    const index = this.#commits.findIndex((each) => each.number === number);
    const commit = this.#commits[index];
    if (commit !== undefined) this.#commits[index] = { ...commit, pruned: commit.pruned + 1 };
  }
}

function isFinal({ status }: TransactionSummary): boolean {
  return status === "committed" || status === "rolled-back";
}
