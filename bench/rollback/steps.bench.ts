import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entryHash } from "../../packages/rollback/src/index.ts";
import { type Contender, median, protocol, type Run, rawFlush, recordAfter } from "./contenders.ts";
import { dbosIfInstalled } from "./peers/installed.ts";
import { atLeast, atMost, report } from "./report.ts";

// Steps per second of 20-step transactions, 1, 16 and 256 side by side, beside recording after the effect on the same store, the
// disk alone, and DBOS Transact on PostgreSQL. In each round all take their turn; ratios are medians over the rounds.

const smoke = process.argv.includes("--smoke");
const rounds = smoke ? 1 : 5;
const durationMs = smoke ? 150 : 1_000;
const dbos = smoke ? { skipped: "not in a smoke run" } : await dbosIfInstalled();
const contenders: readonly Contender[] = [
  rawFlush,
  recordAfter,
  protocol("worker"),
  protocol("main"),
  ...("skipped" in dbos ? [] : [dbos.contender]),
];
const runs = new Map<string, Run[]>();

for (let round = 0; round < rounds; round++) {
  for (const transactions of [1, 16, 256]) {
    for (const { name, run } of contenders) {
      const folder = mkdtempSync(join(tmpdir(), "bench-"));
      const key = `${name} at ${transactions}`;
      runs.set(key, [...(runs.get(key) ?? []), await run(folder, transactions, durationMs)]);
      rmSync(folder, { recursive: true });
    }
  }
}
if ("contender" in dbos) await dbos.close();

const figure = (name: string, transactions: number, of: (run: Run) => number) =>
  median(runs.get(`${name} at ${transactions}`)!.map(of));
const ratio = (name: string, peer: string, transactions: number) =>
  median(
    runs
      .get(`${name} at ${transactions}`)!
      .map(
        ({ stepsPerSecond }, round) => stepsPerSecond / runs.get(`${peer} at ${transactions}`)![round]!.stepsPerSecond,
      ),
  );

console.log("steps/s (p50 of a step in ms; p99 and longest delay of the event loop in ms)");
for (const { name } of contenders) {
  const cells = [1, 16, 256].map((transactions) => {
    const of = (pick: (run: Run) => number) => figure(name, transactions, pick);
    const loop = `${of(({ loopP99Ms }) => loopP99Ms).toFixed(1)} / ${of(({ loopMaxMs }) => loopMaxMs).toFixed(1)}`;
    return `${transactions}: ${Math.round(of(({ stepsPerSecond }) => stepsPerSecond))} (${of(({ p50Ms }) => p50Ms).toFixed(2)}; ${loop})`;
  });
  console.log(`${name.padEnd(28)}${cells.join("   ")}`);
}
if ("skipped" in dbos) console.log(`DBOS Transact: not measured: ${dbos.skipped}`);
console.log("Restate: not measured: its server is a separate program, see bench/rollback/peers");

const ours = "journal, worker";
const raw = rawFlush.name;
const after = recordAfter.name;
const goals = [
  atMost(
    "flushes per step, 1 transaction",
    figure(ours, 1, ({ flushesPerStep }) => flushesPerStep),
    1.1,
  ),
  atLeast("steps beside record-after, 1 transaction", ratio(ours, after, 1), 0.7),
  atLeast("steps beside record-after, 16 transactions", ratio(ours, after, 16), 0.7),
  atLeast("steps beside raw flushes, 1 transaction", ratio(ours, raw, 1), 0.28),
  atLeast("steps beside raw flushes, 16 transactions", ratio(ours, raw, 16), 1.7),
  atLeast("steps beside raw flushes, 256 transactions", ratio(ours, raw, 256), 4),
  atMost(
    "event loop p99 at 256 transactions",
    figure(ours, 256, ({ loopP99Ms }) => loopP99Ms),
    5,
    " ms",
  ),
  atMost(
    "event loop longest at 256 transactions",
    figure(ours, 256, ({ loopMaxMs }) => loopMaxMs),
    20,
    " ms",
  ),
  atMost(
    "hash chain, share of a step's time at 16 transactions",
    chainCost(figure(ours, 16, ({ stepsPerSecond }) => stepsPerSecond)),
    25,
    " %",
  ),
  ...("skipped" in dbos
    ? []
    : (
        [
          [1, 5],
          [16, 6],
          [256, 15],
        ] as const
      ).map(([transactions, goal]) =>
        atLeast(
          `steps beside DBOS, ${transactions} transactions`,
          ratio(ours, dbos.contender.name, transactions),
          goal,
        ),
      )),
];
report("steps", goals, Object.fromEntries(runs));

function chainCost(stepsPerSecond: number): number {
  const count = 20_000;
  const body = "x".repeat(420);
  const startedAt = performance.now();
  let hash = "";
  for (let position = 0; position < count; position++)
    hash = entryHash(hash, { transaction: "t".repeat(26), position, body });
  return ((performance.now() - startedAt) / count / (1_000 / stepsPerSecond)) * 100;
}
