import { expect, test } from "vitest";
import { defineOperation } from "./define-operation.ts";
import { kmsKeys } from "./kms.ts";
import { memoryStore } from "./memory-store.ts";
import { openJournal } from "./open-journal.ts";
import { recover, runPlan } from "./recovery.ts";
import { sqliteStore } from "./sqlite.ts";

const count = defineOperation({ name: "count", version: 1, class: "none-needed", apply: (_: { to: number }) => {} });
const open = (extra: object = {}) => openJournal({ store: memoryStore(), operations: [count], ...extra });
const plan = { name: "p", description: "d", when: () => true, steps: [] };

/** Everything that takes options, given right ones and `extra`. */
const takers: Readonly<Record<string, (extra: object) => unknown>> = {
  openJournal: open,
  undo: (extra) => open({ undo: { maxAttempts: 1, ...extra } }),
  sqliteStore: (extra) => sqliteStore({ path: "/nowhere/x.journal", ...extra }),
  defineOperation: (extra) =>
    defineOperation({ name: "n", version: 1, class: "undoable", apply: () => {}, compensate: () => {}, ...extra }),
  kmsKeys: (extra) =>
    kmsKeys({ client: { send: () => Promise.reject(new Error("not called")) }, keyId: "k", ...extra }),
  begin: async (extra) => (await open()).begin("work", { ...extra }),
  run: async (extra) => (await (await open()).begin("work")).run(count, { to: 1 }, { ...extra }),
  transactions: async (extra) => (await open()).transactions({ ...extra }),
  recover: async (extra) => recover(await open(), { ...extra }),
  runPlan: async (extra) => runPlan(await open(), plan, { key: "k", ...extra }),
};

test.each(Object.entries(takers))(
  "%s refuses an option that it does not have, and names those it has",
  async (_, take) => {
    await take({});
    await take({ mispelt: undefined });
    await expect((async () => take({ mispelt: 1 }))()).rejects.toMatchObject({
      code: "ERR_HOLDFAST_OPTION",
      option: "mispelt",
      message: expect.stringMatching(/^Expected `mispelt` to be left out: the options of .+ are \w+/),
    });
  },
);

test.each<readonly [string, () => unknown, string]>([
  ["no options", () => openJournal(undefined as never), "options"],
  ["a path in place of options", () => sqliteStore("x.journal" as never), "options"],
  ["no definition", () => defineOperation(undefined as never), "options"],
  ["a strategy that there is not", async () => recover(await open(), { strategy: "auto" as never }), "strategy"],
  ["no parallel recoveries", async () => recover(await open(), { maxParallel: 0 }), "maxParallel"],
  ["a journal that is still opening", () => recover(open() as never), "journal"],
  ["a plan without a key", async () => runPlan(await open(), plan, { key: "" }), "key"],
  ["a transaction that says nothing", async () => (await open()).begin(undefined as never), "description"],
  ["a decision that there is not", async () => (await open()).decide("id", 1, { decision: "ok" } as never), "decision"],
  ["an operation's name", async () => (await (await open()).begin("w")).run("count" as never, {}), "operation"],
])("refuses %s", async (_, take, option) => {
  await expect((async () => take())()).rejects.toMatchObject({ code: "ERR_HOLDFAST_OPTION", option });
});

const undoable = { name: "n", version: 1, class: "undoable", apply: () => {}, compensate: () => {} } as const;

test.each<readonly [string, object]>([
  ["probe", { ...undoable, probe: true }],
  ["notApplied", { ...undoable, notApplied: [] }],
  ["permissions", { ...undoable, permissions: ["s3:DeleteBucket"] }],
  ["scope", { ...undoable, scope: "account" }],
  ["upcast", { ...undoable, upcast: {} }],
  ["input", { ...undoable, input: { type: "object" } }],
  ["output", { ...undoable, output: null }],
  ["sensitive", { ...undoable, sensitive: "input.password" }],
  ["compensate", { ...undoable, class: "irreversible" }],
])("an operation's %s that would fail when it is needed is refused when it is defined", (option, definition) => {
  expect(() => defineOperation(definition as never)).toThrow(
    expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }),
  );
});

test("a strategy chosen by transaction is held to the same words", async () => {
  const journal = await open();
  await (await journal.begin("work")).run(count, { to: 1 });
  await expect(recover(journal, { strategy: () => "auto" as never })).rejects.toMatchObject({ option: "strategy" });
});
