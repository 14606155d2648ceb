import { entryHash } from "../../packages/rollback/src/index.ts";
import { atLeast, atMost, type Goal, report, smoke } from "../report.ts";
import { type ContenderName, Contest, titleOf } from "./contest.ts";
import { peers } from "./peers/peers.ts";

// Steps per second of 20-step transactions, 1, 16 and 256 side by side, beside the disk alone, recording after
// the effect on the same store, DBOS Transact on PostgreSQL, and Restate. All take their turn in each round.

const skipped = new Map<string, string>();
for (const [name, { missing }] of Object.entries(peers)) {
  const why = smoke ? "not in a smoke run" : missing();
  if (why !== undefined) skipped.set(name, why);
}
const names: readonly ContenderName[] = ["raw", "record-after", "journal", "journal-main", "dbos", "restate"];
const contest = new Contest({
  names: names.filter((name) => !skipped.has(name)),
  sizes: [1, 16, 256],
  rounds: smoke ? 1 : 5,
  warmUpMs: smoke ? 0 : 500,
  durationMs: smoke ? 100 : 1_000,
});
contest.print();
for (const [name, why] of skipped) console.log(`${titleOf(name as ContenderName)}: not measured: ${why}`);

const goals: readonly Goal[] = [
  atMost(
    "flushes per step, 1 transaction",
    contest.figure("journal", 1, ({ flushesPerStep }) => flushesPerStep),
    1.1,
  ),
  ...beside("record-after", [1, 0.7], [16, 0.7]),
  ...beside("raw", [1, 0.28], [16, 1.7], [256, 4]),
  ...beside("dbos", [1, 5], [16, 6], [256, 15]),
  ...beside("restate", [1, 3.5], [16, 4], [256, 6]),
  atMost(
    "event loop p99 at 256 transactions",
    contest.figure("journal", 256, ({ loopP99Ms }) => loopP99Ms),
    5,
    " ms",
  ),
  atMost(
    "event loop longest at 256 transactions",
    contest.figure("journal", 256, ({ loopMaxMs }) => loopMaxMs),
    20,
    " ms",
  ),
  atMost(
    "hash chain, share of a step's time at 16 transactions",
    chainCost(contest.figure("journal", 16, ({ stepsPerSecond }) => stepsPerSecond)),
    25,
    " %",
  ),
];
report("rollback-steps", contest.measured, goals);

function beside(peer: ContenderName, ...bounds: readonly (readonly [number, number])[]): readonly Goal[] {
  if (skipped.has(peer)) return [];
  return bounds.map(([size, bound]) =>
    atLeast(`steps beside ${titleOf(peer)} at ${size}`, contest.ratio("journal", peer, size), bound, "x"),
  );
}

function chainCost(stepsPerSecond: number): number {
  const count = 20_000;
  const body = "x".repeat(420);
  const startedAt = performance.now();
  let hash = "";
  for (let position = 0; position < count; position++)
    hash = entryHash(hash, { transaction: "t".repeat(26), position, body });
  return ((performance.now() - startedAt) / count / (1_000 / stepsPerSecond)) * 100;
}
