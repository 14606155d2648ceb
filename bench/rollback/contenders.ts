import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { defineOperation, entryHash, type Journal, openJournal } from "../../packages/rollback/src/index.ts";
import { sqliteStore } from "../../packages/rollback/src/sqlite.ts";

/** What one run of a contender measured. */
export interface Run {
  readonly stepsPerSecond: number;
  readonly flushesPerStep: number;
  /** Of one step, in milliseconds. */
  readonly p50Ms: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

export interface Contender {
  readonly name: string;
  readonly run: (folder: string, transactions: number, durationMs: number) => Promise<Run>;
}

export const stepsPerTransaction = 20;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve)); // stands for the effect

const work = defineOperation({
  name: "work",
  version: 1,
  class: "undoable",
  apply: async (_: { readonly region: string; readonly name: string }) => {
    await turn();
    return { versionId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" };
  },
  compensate: () => {},
});

/** The whole protocol: intent before effect, lazy done, hash chain, on the SQLite store. */
export function protocol(execution: "worker" | "main"): Contender {
  return {
    name: `journal, ${execution}`,
    run: async (folder, transactions, durationMs) => {
      const journal = await openJournal({
        store: sqliteStore({ path: join(folder, "journal.db"), execution }),
        operations: [work],
      });
      const flushes = async () => (await journal.head()).number;
      const run = await measure(transactions, durationMs, flushes, (step) => oneTransaction(journal, step));
      await journal.close();
      return run;
    },
  };
}

async function oneTransaction(journal: Journal, step: <T>(work: () => Promise<T>) => Promise<T>): Promise<void> {
  const tx = await journal.begin("bench");
  for (let index = 0; index < stepsPerTransaction; index++) {
    await step(() => tx.run(work, { region: "eu-west-1", name: `app/service/${index}` }));
  }
  await tx.commit();
}

/** What many do: the effect first, then a record of it; on the same store, and with the same chain. It leaks when killed. */
export const recordAfter: Contender = {
  name: "record-after, same store",
  run: async (folder, transactions, durationMs) => {
    const store = sqliteStore({ path: join(folder, "journal.db") });
    await store.open();
    let next = 0;
    const run = await measure(
      transactions,
      durationMs,
      async () => (await store.head()).number,
      async (step) => {
        const transaction = `transaction-${String(next++).padStart(10, "0")}`;
        let hash = "";
        for (let position = 0; position <= stepsPerTransaction; position++) {
          const body = `{"step":${position},"operation":"work","output":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}`;
          hash = entryHash(hash, { transaction, position, body });
          const append = async () => {
            await turn();
            await store.append({ transaction, position, body, hash, forward: true });
          };
          await (position < stepsPerTransaction ? step(append) : append());
        }
      },
    );
    await store.close();
    return run;
  },
};

/** The disk alone: 256 bytes and a flush, one after the other, on a file that does not grow. */
export const rawFlush: Contender = {
  name: "raw fdatasync",
  run: async (folder, _, durationMs) => {
    const path = join(folder, "raw");
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
    rmSync(path);
    return {
      stepsPerSecond: (count / elapsedMs) * 1_000,
      flushesPerStep: 1,
      p50Ms: elapsedMs / count,
      loopP99Ms: 0,
      loopMaxMs: 0,
    };
  },
};

/** Runs so many transactions side by side, one after the other each, until the time is over. */
export async function measure(
  transactions: number,
  durationMs: number,
  flushes: () => Promise<number>,
  transaction: (step: <T>(work: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<Run> {
  const delays: number[] = [];
  const before = await flushes();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const startedAt = performance.now();
  let steps = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    steps += 1;
    if (steps % 8 === 0) delays.push(performance.now() - begun);
    return result;
  };
  const lane = async () => {
    while (performance.now() - startedAt < durationMs) await transaction(step);
  };
  await Promise.all(Array.from({ length: transactions }, lane));
  const elapsedMs = performance.now() - startedAt;
  loop.disable();
  const flushed = (await flushes()) - before;
  const millisecond = 1e6; // of the histogram's nanoseconds; it counts its own resolution in
  return {
    stepsPerSecond: (steps / elapsedMs) * 1_000,
    flushesPerStep: flushed / steps,
    p50Ms: median(delays),
    loopP99Ms: Math.max(0, loop.percentile(99) / millisecond - 1),
    loopMaxMs: Math.max(0, loop.max / millisecond - 1),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
