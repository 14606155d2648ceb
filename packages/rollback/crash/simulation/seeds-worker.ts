import { parentPort, workerData } from "node:worker_threads";
import type { SeedRange, SeedsReport } from "./run-seeds.ts";
import { type SimulationResult, simulate } from "./simulate.ts";

// Simulations take turns with the event loop: many side by side share each turn.
const sideBySide = 100;

const { first, count, bug } = workerData as SeedRange;
const results: SimulationResult[] = [];
let next = first;
await Promise.all(
  Array.from({ length: sideBySide }, async () => {
    while (next < first + count) results.push(await simulate(next++, bug));
  }),
);
const sum = (count: (result: SimulationResult) => number) => results.reduce((total, each) => total + count(each), 0);
const report: SeedsReport = {
  runs: results.length,
  transactions: sum(({ transactions }) => transactions),
  kills: sum(({ kills }) => kills),
  stops: sum(({ stops }) => stops),
  takeovers: sum(({ takeovers }) => takeovers),
  undoCalls: sum(({ undoCalls }) => undoCalls),
  failures: results.filter(({ problems }) => problems.length > 0),
};
parentPort?.postMessage(report);
