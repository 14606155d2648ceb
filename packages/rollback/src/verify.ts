import { isJournalError } from "./journal-error.ts";
import type { Commit, CommitMember, JournalHead, JournalStore, TransactionStatus } from "./journal-store.ts";
import { commitDigest, commitHash, memberName } from "./protocol/entry-text.ts";
import { readLog } from "./read-log.ts";

/** Something that is not as it was written. */
export interface JournalProblem {
  /** `transaction`: that one alone. The others concern the journal as a whole: it is not known which transactions are whole. */
  readonly what: "transaction" | "commit" | "head" | "store";
  /** The transaction's id, or the commit's number; empty for the store. */
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

/**
 * Holds every entry against its hash, every log against the protocol, every commit against the one before it and its members.
 * Others may write meanwhile: what does not fit is looked at twice.
 */
export async function verifyJournal(store: JournalStore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const first = await verifyOnce(store, options);
  if (first.ok) return first;
  const second = await verifyOnce(store, options);
  const problems = second.problems.filter(({ what, id }) =>
    first.problems.some((each) => each.what === what && each.id === id),
  );
  return { ...second, ok: problems.length === 0, problems };
}

async function verifyOnce(store: JournalStore, { since }: VerifyOptions): Promise<VerifyReport> {
  const problems: JournalProblem[] = [];
  const head = await unlessUnreadable({ number: 0, hash: "" }, problems, () => store.head()); // first: later commits are not its own
  const transactions: LogLengths = new Map();
  await unlessUnreadable(undefined, problems, () => verifyTransactions(store, transactions, problems));
  const commits = await unlessUnreadable(0, problems, () => verifyCommits(store, since, head, transactions, problems));
  return { ok: problems.length === 0, transactions: transactions.size, commits, head, problems };
}

// A store may be damaged so that a whole part of it cannot be read; what can be is verified all the same.
async function unlessUnreadable<T>(otherwise: T, problems: JournalProblem[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isJournalError(error, "ERR_JOURNAL_DAMAGED")) throw error;
    problems.push({ what: "store", id: "", message: error.message });
    return otherwise;
  }
}

/** How many entries the log of each transaction has; `Infinity` where that is not known. */
type LogLengths = Map<string, number>;

async function verifyTransactions(store: JournalStore, lengths: LogLengths, problems: JournalProblem[]): Promise<void> {
  const problem = (id: string, message: string) => problems.push({ what: "transaction", id, message });
  const open = new Map<string, StatusNow>();
  let before = "";
  for (;;) {
    const page = await store.list({ after: before, limit: pageSize });
    for (const { id, status } of page) {
      const after = before;
      const statusNow = async () => (await store.list({ after, limit: 1 })).find((each) => each.id === id)?.status;
      before = id;
      if (isOpen(status)) open.set(id, statusNow);
      lengths.set(id, Number.POSITIVE_INFINITY);
      try {
        const { state, end } = await readLog(store, id);
        lengths.set(id, end.position);
        // Its owner may have written meanwhile; a status that stayed as it was had no reason to differ in between.
        if (state.status !== status && (await statusNow()) === status)
          problem(id, `it is listed as ${status}, but its log says ${state.status}`);
      } catch (error) {
        problem(id, textOf(error));
      }
    }
    if (page.length < pageSize) break;
  }
  for (const [id, statusNow] of await unlisted(store, open)) {
    const status = await statusNow(); // it may have ended before the open ones were listed
    if (status !== undefined && isOpen(status)) problem(id, "it is open, but not listed among the open ones");
  }
}

type StatusNow = () => Promise<TransactionStatus | undefined>;

function isOpen(status: TransactionStatus): boolean {
  return status !== "committed" && status !== "rolled-back";
}

// What a recovery would not find: stores may keep a list of the open ones apart from the others.
async function unlisted<T>(store: JournalStore, open: ReadonlyMap<string, T>): Promise<ReadonlyMap<string, T>> {
  const missing = new Map(open);
  for (let after = ""; missing.size > 0; ) {
    const page = await store.list({ open: true, after, limit: pageSize });
    for (const { id } of page) missing.delete(id);
    if (page.length < pageSize) break;
    after = page.at(-1)!.id;
  }
  return missing;
}

async function verifyCommits(
  store: JournalStore,
  since: JournalHead | undefined,
  head: JournalHead,
  transactions: LogLengths,
  problems: JournalProblem[],
): Promise<number> {
  let previous: Commit | undefined;
  let count = 0;
  let sinceSeen = since === undefined || since.number === 0;
  let headSeen = head.number === 0;
  for (;;) {
    const page = await store.commits(previous?.number ?? 0, commitPageSize);
    const members = await membersByCommit(store, page);
    for (const commit of page) {
      count += 1;
      if (commit.number === head.number) headSeen = commit.hash === head.hash;
      if (commit.number === since?.number) sinceSeen = commit.hash === since.hash;
      problems.push(
        ...chainProblems(commit, previous),
        ...memberProblems(commit, members.get(commit.number) ?? [], transactions),
      );
      // Later ones may have been written after the logs were read.
      if (commit.number <= head.number) problems.push(...unreadMembers(members.get(commit.number) ?? [], transactions));
      previous = commit;
    }
    if (page.length < commitPageSize) break;
  }
  if (!headSeen)
    problems.push({ what: "head", id: String(head.number), message: "the latest commit is not among the commits" });
  if (!sinceSeen) problems.push({ what: "head", id: String(since?.number), message: olderCopy });
  return count;
}

const olderCopy = "the head kept elsewhere is not in this journal: it is an older copy, or another journal";

async function membersByCommit(store: JournalStore, page: readonly Commit[]): Promise<Map<number, CommitMember[]>> {
  const [first, last] = [page.at(0), page.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  return Map.groupBy(await store.members(first.number, last.number), ({ commit }) => commit);
}

function chainProblems(commit: Commit, previous: Commit | undefined): readonly JournalProblem[] {
  if (previous === undefined) return []; // what came before was pruned: the chain begins here
  if (commit.number !== previous.number + 1) {
    return [problemOf(commit, `commits ${previous.number + 1} to ${commit.number - 1} are missing`)];
  }
  return commit.hash === commitHash(previous.hash, commit)
    ? []
    : [problemOf(commit, "its hash does not follow from the commit before it")];
}

function memberProblems(
  commit: Commit,
  members: readonly CommitMember[],
  transactions: LogLengths,
): readonly JournalProblem[] {
  const there = new Set(members.map(memberName));
  const lost = commit.members.filter((member) => !there.has(member)).map((member) => member.split("/"));
  // A transaction is pruned whole: what is missing of one that is still listed was lost.
  const named = lost.filter(([id]) => transactions.has(id!));
  const problems: JournalProblem[] = named.map(([id, position]) => ({
    what: "transaction",
    id: id!,
    message: `entry ${position} of it is missing`,
  }));
  if (lost.length - named.length !== commit.pruned)
    problems.push(problemOf(commit, "entries of it are missing that were not pruned"));
  if (lost.length === 0 && commitDigest(members) !== commit.digest) {
    problems.push(problemOf(commit, "its entries are not those it was made of"));
  }
  return problems;
}

// A log may be read through an index of its own, and so may the list: what they lost is in the commit all the same.
function unreadMembers(members: readonly CommitMember[], transactions: LogLengths): readonly JournalProblem[] {
  return members
    .filter(({ transaction, position }) => position >= (transactions.get(transaction) ?? 0))
    .map(({ transaction, position }) => ({
      what: "transaction",
      id: transaction,
      message: transactions.has(transaction)
        ? `entry ${position} of it was committed, but is not in its log`
        : "it has entries, but is not listed",
    }));
}

function problemOf({ number }: Commit, message: string): JournalProblem {
  return { what: "commit", id: String(number), message };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
