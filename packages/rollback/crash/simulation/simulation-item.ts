import type { CrashItem } from "../crash-item.ts";
import { runSeeds } from "./run-seeds.ts";

/** The deterministic simulation, one run per seed. */
export const simulation: CrashItem = {
  name: "simulation",
  perPullRequest: 20_000,
  perRelease: 1_000_000,
  run: async ({ cases, seed }) => {
    const { failures, runs, ...counts } = await runSeeds({ first: seed, count: cases });
    const problems = failures.map(({ seed, problems }) => `seed ${seed}: ${problems.join("; ")}`);
    return { cases: runs, counts, problems };
  },
};
