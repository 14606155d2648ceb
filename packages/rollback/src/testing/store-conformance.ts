import assert from "node:assert/strict";
import type { JournalStore, TransactionStatus } from "../journal-store.ts";
import { commitDigest, commitHash, memberName } from "../protocol/entry-text.ts";
import { chain, plain, summary } from "./sample-log.ts";

/** One thing a store must do. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects with an `AssertionError` if the store does not do it. */
  run(): Promise<void>;
}

export interface ConformanceOptions {
  /** Makes a store over an empty journal, not yet open. */
  readonly make: () => JournalStore;
  /** Makes another store over what the one made last left, as another process would; omit it if the store keeps nothing. */
  readonly again?: (() => JournalStore) | undefined;
}

/**
 * What every store must do, as cases for any test runner:
 *
 *     for (const { name, run } of storeConformance({ make })) test(name, run);
 */
export function storeConformance({ make, again }: ConformanceOptions): readonly ConformanceCase[] {
  const cases = Object.entries({ ...logCases, ...indexCases, ...chainCases, ...ownerCases }).map(([name, check]) => ({
    name,
    run: () => withStore(make(), check),
  }));
  if (again === undefined) return cases;
  return [
    ...cases,
    { name: "keeps everything when it is closed and opened again", run: () => keepsEverything(make, again) },
  ];
}

type Check = (store: JournalStore) => Promise<void>;

const logCases: Readonly<Record<string, Check>> = {
  async "reads a log as it was appended, in order"(store) {
    const [first, second, third] = chain("a", ["one", 'two "quoted" \u{1f512}', "three"]);
    for (const request of [first!, second!, third!]) assert.equal(await store.append(request), "appended");
    assert.deepEqual(
      (await store.read("a")).map(plain),
      [first, second, third].map((each) => plain(each!)),
    );
    assert.deepEqual((await store.read("a", 2)).map(plain), [plain(third!)]);
    assert.deepEqual(await store.read("b"), []);
  },

  async "lets one writer only have a position"(store) {
    const [first] = chain("a", ["mine"]);
    const [other] = chain("a", ["theirs"]);
    assert.equal(await store.append(first!), "appended");
    assert.equal(await store.append(other!), "fenced");
    assert.deepEqual(
      (await store.read("a")).map(({ body }) => body),
      ["mine"],
    );
  },

  async "takes the very same entry again as done, and does not add it twice"(store) {
    const [first] = chain("a", ["mine"]);
    assert.equal(await store.append(first!), "appended");
    assert.equal(await store.append(first!), "appended");
    assert.equal((await store.read("a")).length, 1);
  },

  async "fences a writer whose position has nothing before it"(store) {
    const [, second] = chain("a", ["one", "two"]);
    assert.equal(await store.append(second!), "fenced");
    assert.deepEqual(await store.read("a"), []);
  },

  async "leaves summary and key alone when it fences"(store) {
    const [first] = chain("a", ["mine"]);
    const [other] = chain("a", ["theirs"]);
    await store.append({ ...first!, summary: summary("a", "active"), key: Uint8Array.of(1) });
    await store.append({ ...other!, summary: summary("a", "committed"), key: Uint8Array.of(2) });
    assert.equal((await store.list())[0]?.status, "active");
    assert.deepEqual(Buffer.from((await store.readKey("a"))!), Buffer.of(1));
  },

  async "has one winner when many append at once"(store) {
    const rivals = Array.from({ length: 16 }, (_, index) => chain("a", [`writer ${index}`])[0]!);
    const outcomes = await Promise.all(rivals.map((rival) => store.append(rival)));
    assert.equal(outcomes.filter((outcome) => outcome === "appended").length, 1);
    const winner = rivals[outcomes.indexOf("appended")]!;
    assert.deepEqual((await store.read("a")).map(plain), [plain(winner)]);
  },

  async "keeps the logs of many transactions apart"(store) {
    const logs = Array.from({ length: 20 }, (_, index) =>
      chain(`tx-${index}`, [`first of ${index}`, `second of ${index}`]),
    );
    await Promise.all(
      logs.map(async ([first, second]) => {
        await store.append(first!);
        await store.append(second!);
      }),
    );
    for (const log of logs) assert.deepEqual((await store.read(log[0]!.transaction)).map(plain), log.map(plain));
  },
};

const indexCases: Readonly<Record<string, Check>> = {
  async "lists summaries by id, open ones or final ones, by job, and page by page"(store) {
    const statuses = { a: "active", b: "committed", c: "parked", d: "rolled-back", e: "rolling-back" } as const;
    for (const [id, status] of Object.entries(statuses).toReversed()) {
      const job = id === "b" || id === "e" ? "nightly" : undefined;
      await store.append({ ...chain(id, ["x"])[0]!, summary: summary(id, status, { job }) });
    }
    const ids = async (...filter: Parameters<JournalStore["list"]>) =>
      (await store.list(...filter)).map(({ id }) => id).join("");
    assert.equal(await ids(), "abcde");
    assert.equal(await ids({ open: true }), "ace");
    assert.equal(await ids({ open: false }), "bd");
    assert.equal(await ids({ job: "nightly" }), "be");
    assert.equal(await ids({ job: "nightly", open: true }), "e");
    assert.equal(await ids({ after: "b", limit: 2 }), "cd");
    assert.deepEqual((await store.list({ limit: 1 }))[0], summary("a", "active"));
  },

  async "replaces a summary with the entry that brings it"(store) {
    const [first, second] = chain("a", ["one", "two"]);
    await store.append({ ...first!, summary: summary("a", "active") });
    await store.append({ ...second!, summary: summary("a", "committed", { changedAt: 5 }) });
    assert.deepEqual(await store.list(), [summary("a", "committed", { changedAt: 5 })]);
    assert.deepEqual(await store.list({ open: true }), []);
  },

  async "keeps a key until it is destroyed"(store) {
    const [first, second, third] = chain("a", ["one", "two", "three"]);
    await store.append({ ...first!, key: Uint8Array.of(1, 2, 3) });
    await store.append(second!);
    assert.deepEqual(Buffer.from((await store.readKey("a"))!), Buffer.of(1, 2, 3));
    await store.append({ ...third!, key: null });
    assert.equal(await store.readKey("a"), undefined);
    assert.equal(await store.readKey("b"), undefined);
  },

  async "prunes final transactions of before a moment, and never an open one"(store) {
    const statuses: readonly TransactionStatus[] = ["active", "rolling-back", "parked", "committed", "rolled-back"];
    for (const [index, status] of statuses.entries()) {
      await store.append({
        ...chain(`old-${index}`, ["x"])[0]!,
        summary: summary(`old-${index}`, status, { changedAt: 10 }),
      });
      await store.append({
        ...chain(`new-${index}`, ["x"])[0]!,
        summary: summary(`new-${index}`, status, { changedAt: 20 }),
      });
    }
    assert.deepEqual([...(await store.prune(20))].sort(), ["old-3", "old-4"]);
    assert.deepEqual(await store.read("old-3"), []);
    assert.equal((await store.list()).length, 8);
    assert.deepEqual(await store.prune(20), []);
  },

  async "fences a writer that slept through the pruning of its transaction"(store) {
    const [first, second] = chain("a", ["one", "two"]);
    await store.append({ ...first!, summary: summary("a", "committed", { changedAt: 1 }) });
    await store.prune(2);
    assert.equal(await store.append(second!), "fenced");
  },
};

const chainCases: Readonly<Record<string, Check>> = {
  async "chains its commits, and tells the members of each"(store) {
    assert.deepEqual(await store.head(), { number: 0, hash: "" });
    const logs = ["a", "b", "c"].map((id) => chain(id, ["one", "two"]));
    await Promise.all(logs.map(([first]) => store.append(first!)));
    for (const [, second] of logs) await store.append(second!);
    const commits = await store.commits(0, 100);
    let previous = "";
    let entries = 0;
    for (const [index, commit] of commits.entries()) {
      const members = await store.members(commit.number, commit.number);
      assert.equal(commit.number, index + 1);
      assert.equal(commit.digest, commitDigest(members));
      assert.equal(commit.hash, commitHash(previous, commit));
      assert.deepEqual(members.map(memberName), [...commit.members]);
      previous = commit.hash;
      entries += members.length;
    }
    assert.equal(entries, 6);
    assert.deepEqual(await store.head(), { number: commits.length, hash: previous });
    assert.deepEqual(await store.commits(1, 1), [commits[1]]);
  },

  async "counts what was pruned of a commit, and keeps the chain"(store) {
    for (const [index, id] of ["a", "b", "c"].entries()) {
      const status = index === 1 ? "committed" : "active";
      await store.append({ ...chain(id, ["x"])[0]!, summary: summary(id, status, { changedAt: 1 }) });
    }
    const head = await store.head();
    await store.prune(2);
    assert.deepEqual(await store.head(), head);
    const commits = await store.commits(0, 100);
    assert.equal(
      commits.reduce((sum, { members, pruned }) => sum + members.length - pruned, 0),
      2,
    );
  },
};

const ownerCases: Readonly<Record<string, Check>> = {
  async "counts an owner's beats until it retires"(store) {
    assert.equal(await store.observe("me"), undefined);
    await store.beat("me");
    const first = await store.observe("me");
    await store.beat("me");
    const second = await store.observe("me");
    assert.ok(second!.beats > first!.beats);
    assert.equal(second!.gone, false);
    await store.retire("me");
    assert.equal(await store.observe("me"), undefined);
  },
};

async function keepsEverything(make: () => JournalStore, again: () => JournalStore): Promise<void> {
  const [first, second] = chain("a", ["one", "two"]);
  const before = make();
  await before.open();
  await before.append({ ...first!, summary: summary("a", "active"), key: Uint8Array.of(7) });
  const head = await before.head();
  await before.close();
  await withStore(again(), async (store) => {
    assert.deepEqual((await store.read("a")).map(plain), [plain(first!)]);
    assert.deepEqual(await store.list(), [summary("a", "active")]);
    assert.deepEqual(Buffer.from((await store.readKey("a"))!), Buffer.of(7));
    assert.deepEqual(await store.head(), head);
    assert.equal(await store.append(first!), "appended");
    assert.equal(await store.append(second!), "appended");
  });
}

async function withStore(store: JournalStore, check: Check): Promise<void> {
  await store.open();
  try {
    await check(store);
  } finally {
    await store.close();
  }
}
