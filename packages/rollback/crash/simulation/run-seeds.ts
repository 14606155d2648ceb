import { Worker } from "node:worker_threads";
import type { PlantedBugName } from "./planted-bug.ts";
import type { SimulationResult } from "./simulate.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly bug?: PlantedBugName | undefined;
}

/** All runs of a range, added up. */
export interface SeedsReport {
  readonly runs: number;
  readonly transactions: number;
  readonly kills: number;
  readonly stops: number;
  readonly takeovers: number;
  readonly undoCalls: number;
  /** The runs that broke an invariant. */
  readonly failures: readonly SimulationResult[];
}

/** Simulates every seed of a range, in several threads. */
export async function runSeeds({ first, count, bug }: SeedRange, threads = 4): Promise<SeedsReport> {
  const share = Math.ceil(count / threads);
  const reports = await Promise.all(
    Array.from({ length: threads }, (_, index) => {
      const from = index * share;
      return inThread({ first: first + from, count: Math.max(0, Math.min(share, count - from)), bug });
    }),
  );
  return reports.reduce((sum, each) => ({
    runs: sum.runs + each.runs,
    transactions: sum.transactions + each.transactions,
    kills: sum.kills + each.kills,
    stops: sum.stops + each.stops,
    takeovers: sum.takeovers + each.takeovers,
    undoCalls: sum.undoCalls + each.undoCalls,
    failures: [...sum.failures, ...each.failures],
  }));
}

function inThread(range: SeedRange): Promise<SeedsReport> {
  return new Promise((resolve, reject) => {
    const execArgv = ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"];
    const worker = new Worker(new URL("./seeds-worker.ts", import.meta.url), { workerData: range, execArgv });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
