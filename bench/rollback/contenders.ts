import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineOperation, entryHash, type Journal, openJournal } from "../../packages/rollback/src/index.ts";
import { sqliteStore } from "../../packages/rollback/src/sqlite.ts";
import { type Contender, effect, measure, type Run, type Step, stepsPerTransaction } from "./measure.ts";

const work = defineOperation({
  name: "work",
  version: 1,
  class: "undoable",
  apply: (_: { readonly region: string; readonly name: string }) => effect(),
  compensate: () => {},
});

const sqlite = `SQLite ${process.versions.sqlite}, WAL, synchronous=FULL, hash chain`;

/** The whole protocol: intent before effect, lazy done, hash chain, on the SQLite store. */
function protocol(execution: "worker" | "main"): Contender {
  return {
    name: `journal, ${execution}`,
    settings: `${sqlite}; intent durable before the effect, done with the next intent; SQLite in ${execution === "worker" ? "a worker" : "the main thread"}`,
    run: (transactions, durationMs) =>
      inFolder(async (folder) => {
        const store = sqliteStore({ path: join(folder, "journal.db"), execution });
        const journal = await openJournal({ store, operations: [work] });
        const flushes = async () => (await journal.head()).number;
        const run = await measure(transactions, durationMs, (step) => oneTransaction(journal, step), flushes);
        await journal.close();
        return run;
      }),
  };
}

async function oneTransaction(journal: Journal, step: Step): Promise<void> {
  const tx = await journal.begin("bench");
  for (let index = 0; index < stepsPerTransaction; index++) {
    await step(() => tx.run(work, { region: "eu-west-1", name: `app/service/${index}` }));
  }
  await tx.commit();
}

/** What many do: the effect first, then a record of it. It leaks when killed. */
const recordAfter: Contender = {
  name: "record-after, same store",
  settings: `${sqlite}; one record of 80 bytes per step, durable after its effect; SQLite in a worker`,
  run: (transactions, durationMs) =>
    inFolder(async (folder) => {
      const store = sqliteStore({ path: join(folder, "journal.db") });
      await store.open();
      let next = 0;
      const oneTransaction = async (step: Step) => {
        const transaction = `transaction-${String(next++).padStart(10, "0")}`;
        let hash = "";
        for (let position = 0; position <= stepsPerTransaction; position++) {
          const body = `{"step":${position},"operation":"work","output":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}`;
          hash = entryHash(hash, { transaction, position, body });
          const append = async () => {
            await effect();
            await store.append({ transaction, position, body, hash, forward: true });
          };
          await (position < stepsPerTransaction ? step(append) : append());
        }
      };
      const run = await measure(transactions, durationMs, oneTransaction, async () => (await store.head()).number);
      await store.close();
      return run;
    }),
};

/** The disk alone. */
const rawFlush: Contender = {
  name: "raw fdatasync",
  settings: "write of 256 bytes and fdatasync, one after the other, on a file of 1 MiB that does not grow",
  run: (_, durationMs) => inFolder(async (folder) => flushFor(join(folder, "raw"), durationMs)),
};

function flushFor(path: string, durationMs: number): Run {
  const file = openSync(path, "w");
  writeSync(file, Buffer.alloc(1_048_576));
  fdatasyncSync(file);
  const record = Buffer.alloc(256, 1);
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < durationMs; count++) {
    writeSync(file, record, 0, record.length, (count % 4_096) * record.length);
    fdatasyncSync(file);
  }
  const elapsedMs = performance.now() - startedAt;
  closeSync(file);
  return {
    stepsPerSecond: (count / elapsedMs) * 1_000,
    flushesPerStep: 1,
    p50Ms: elapsedMs / count,
    loopP99Ms: elapsedMs,
    loopMaxMs: elapsedMs,
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Those that need no server and nothing installed, by the word that asks for them. */
export const contenders = {
  raw: rawFlush,
  "record-after": recordAfter,
  journal: protocol("worker"),
  "journal-main": protocol("main"),
} satisfies Readonly<Record<string, Contender>>;
