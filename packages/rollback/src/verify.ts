import { JournalError } from "./journal-error.ts";
import type { Commit, CommitMember, JournalHead, JournalStore } from "./journal-store.ts";
import { commitDigest, commitHash } from "./protocol/entry-text.ts";
import { readLog } from "./read-log.ts";

/** Something that is not as it was written. */
export interface JournalProblem {
  readonly what: "transaction" | "commit" | "head";
  /** The transaction's id, or the commit's number. */
  readonly id: string;
  readonly message: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly transactions: number;
  readonly commits: number;
  readonly head: JournalHead;
  readonly problems: readonly JournalProblem[];
}

export interface VerifyOptions {
  /** A head kept elsewhere: it must be part of this journal, else the journal is an older copy, or another one. */
  readonly since?: JournalHead | undefined;
}

const pageSize = 1_000;
const commitPageSize = 20_000; // a store may have to read everything for each page of commits

/** Holds every entry against its hash, every log against the protocol, every commit against the one before it. */
export async function verifyJournal(store: JournalStore, { since }: VerifyOptions = {}): Promise<VerifyReport> {
  const problems: JournalProblem[] = [];
  const transactions = await verifyTransactions(store, problems);
  const commits = await verifyCommits(store, since, problems);
  return { ok: problems.length === 0, transactions, commits, head: await store.head(), problems };
}

async function verifyTransactions(store: JournalStore, problems: JournalProblem[]): Promise<number> {
  let count = 0;
  let after = "";
  for (;;) {
    const page = await store.list({ after, limit: pageSize });
    for (const { id, status } of page) {
      count += 1;
      try {
        const { state } = await readLog(store, id);
        if (state.status !== status) throw new Error(`it is listed as ${status}, but its log says ${state.status}`);
      } catch (error) {
        problems.push({ what: "transaction", id, message: textOf(error) });
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return count;
    after = last.id;
  }
}

async function verifyCommits(
  store: JournalStore,
  since: JournalHead | undefined,
  problems: JournalProblem[],
): Promise<number> {
  let previous: Commit | undefined;
  let count = 0;
  let sinceSeen = since === undefined || since.number === 0;
  for (;;) {
    const page = await store.commits(previous?.number ?? 0, commitPageSize);
    const members = await membersByCommit(store, page);
    for (const commit of page) {
      count += 1;
      if (commit.number === since?.number) sinceSeen = commit.hash === since.hash;
      const message = commitProblem(commit, previous, members.get(commit.number) ?? []);
      if (message !== undefined) problems.push({ what: "commit", id: String(commit.number), message });
      previous = commit;
    }
    if (page.length < commitPageSize) break;
  }
  const head = await store.head();
  if (head.number !== (previous?.number ?? 0) || head.hash !== (previous?.hash ?? "")) {
    problems.push({ what: "head", id: String(head.number), message: "the latest commit is not the head" });
  }
  if (!sinceSeen) problems.push({ what: "head", id: String(since?.number), message: olderCopy });
  return count;
}

async function membersByCommit(store: JournalStore, page: readonly Commit[]): Promise<Map<number, CommitMember[]>> {
  const [first, last] = [page.at(0), page.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  return Map.groupBy(await store.members(first.number, last.number), ({ commit }) => commit);
}

const olderCopy = "the head kept elsewhere is not in this journal: it is an older copy, or another journal";

function commitProblem(
  commit: Commit,
  previous: Commit | undefined,
  members: readonly CommitMember[],
): string | undefined {
  // What comes before the oldest commit still there was pruned: its hash is where the chain now begins.
  if (previous !== undefined) {
    if (commit.number !== previous.number + 1)
      return `commits ${previous.number + 1} to ${commit.number - 1} are missing`;
    if (commit.hash !== commitHash(previous.hash, commit)) return "its hash does not follow from the commit before it";
  }
  const expected = commit.entries - commit.pruned;
  if (members.length !== expected) return `it should hold ${expected} entries, and holds ${members.length}`;
  if (commit.pruned === 0 && commitDigest(members) !== commit.digest) return "its entries are not those it was made of";
  return undefined;
}

function textOf(error: unknown): string {
  return error instanceof JournalError || error instanceof Error ? error.message : String(error);
}
