import { expect, test, vi } from "vitest";
import { cloud } from "../crash/cloud.ts";
import type { JournalStore } from "./journal-store.ts";
import { memoryStore } from "./memory-store.ts";
import { openJournal } from "./open-journal.ts";

/** A journal with two open transactions; their ids. */
async function sample(store: JournalStore) {
  const given = cloud();
  const journal = await openJournal({ store, operations: [given.create], lazyMs: 0 });
  const ids: string[] = [];
  for (const key of ["a", "b"]) {
    const tx = await journal.begin(`make ${key}`);
    await tx.run(given.create, { key });
    await tx.checkpoint("made");
    ids.push(tx.id);
  }
  return { journal, ids: ids as [string, string] };
}

test("a sound journal is found sound, and says how much it is", async () => {
  const { journal } = await sample(memoryStore());
  expect(await journal.verify()).toMatchObject({ ok: true, transactions: 2, problems: [] });
});

test("names a log whose end its reader does not find, although it was committed", async () => {
  const store = memoryStore();
  const { journal, ids } = await sample(store);
  const read = store.read.bind(store);
  store.read = async (id, from) => (await read(id, from)).filter(({ position }) => id !== ids[0] || position < 1);
  const message = "entry 1 of it was committed, but is not in its log";
  expect((await journal.verify()).problems).toEqual([{ what: "transaction", id: ids[0], message }]);
});

test("names an open transaction that is not listed among the open ones: a recovery would not find it", async () => {
  const store = memoryStore();
  const { journal, ids } = await sample(store);
  const list = store.list.bind(store);
  store.list = async (filter) => (await list(filter)).filter(({ id }) => filter?.open !== true || id !== ids[1]);
  const message = "it is open, but not listed among the open ones";
  expect((await journal.verify()).problems).toEqual([{ what: "transaction", id: ids[1], message }]);
});

test("names a transaction that has entries, but is listed nowhere", async () => {
  const store = memoryStore();
  const { journal, ids } = await sample(store);
  const list = store.list.bind(store);
  store.list = async (filter) => (await list(filter)).filter(({ id }) => id !== ids[0]);
  expect((await journal.verify()).problems).toContainEqual({
    what: "transaction",
    id: ids[0],
    message: "it has entries, but is not listed",
  });
});

test("names a commit whose entries are others than it was made of", async () => {
  const store = memoryStore();
  const { journal } = await sample(store);
  const members = store.members.bind(store);
  store.members = async (first, last) =>
    (await members(first, last)).map((each) => (each.commit === 2 ? { ...each, hash: "another" } : each));
  const message = "its entries are not those it was made of";
  expect((await journal.verify()).problems).toEqual([{ what: "commit", id: "2", message }]);
});

test("knows a head kept elsewhere by its hash: a commit of that number is not enough", async () => {
  const { journal } = await sample(memoryStore());
  const head = await journal.head();
  expect(await journal.verify({ since: head })).toMatchObject({ ok: true });
  expect(await journal.verify({ since: { ...head, hash: "of another journal" } })).toMatchObject({
    problems: [{ what: "head", id: String(head.number) }],
  });
  expect((await journal.verify({ since: { ...head, number: head.number + 1 } })).ok).toBe(false);
});

test("does not take for damage what is written while it reads", async () => {
  const store = memoryStore();
  const { journal } = await sample(store);
  const given = cloud();
  const busy = await openJournal({ store, operations: [given.create], lazyMs: 0 });
  const tx = await busy.begin("busy");
  const members = store.members.bind(store);
  let written = 0;
  store.members = async (first, last) => {
    await tx.checkpoint("meanwhile", { written: ++written });
    return members(first, last);
  };
  const read = store.read.bind(store);
  store.read = async (id, from) => {
    const log = await read(id, from);
    await tx.checkpoint("meanwhile", { written: ++written });
    return log;
  };
  expect((await journal.verify()).problems).toEqual([]);
  expect(written).toBeGreaterThan(2);
});

test.each([
  ["is taken for damage when it stays so", true, ["it is listed as active, but its log says rolling-back"]],
  ["is not when it was written meanwhile", false, []],
])("a status that differs from the log's %s", async (_, stays, messages) => {
  const store = memoryStore();
  const { journal, ids } = await sample(store);
  const given = cloud();
  given.faults.set("delete a", ["hangs"]);
  const recoverer = await openJournal({ store, operations: [given.create], undo: { maxAttempts: 1 } });
  const giveUp = new AbortController();
  const rollback = recoverer.rollback(ids[0], { force: true, signal: giveUp.signal }).catch(() => {});
  await vi.waitUntil(() => given.calls.includes("delete a"));
  const list = store.list.bind(store);
  store.list = async (filter) =>
    (await list(filter)).map((each) =>
      each.id === ids[0] && (stays || filter?.limit !== 1) ? { ...each, status: "active" as const } : each,
    );
  expect((await journal.verify()).problems.map(({ message }) => message)).toEqual(messages);
  giveUp.abort();
  await rollback;
});
