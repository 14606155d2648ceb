import type { CrashItem } from "../crash-item.ts";
import { runSeeds } from "./run-seeds.ts";

/** The deterministic simulation, one run per seed. */
export const simulation: CrashItem = {
  name: "simulation",
  perPullRequest: 20_000,
  perRelease: 1_000_000,
  pieceCases: 5_000,
  run: async ({ first, count, seed }) => {
    const { failures, runs, ...counts } = await runSeeds({ first: seed + first, count }, 1);
    const problems = failures.map(({ seed, problems }) => `seed ${seed}: ${problems.join("; ")}`);
    return { cases: runs, counts, problems };
  },
};
