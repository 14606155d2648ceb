import { expect, test } from "vitest";
import { plantedBugs } from "../crash/simulation/planted-bug.ts";
import { runSeeds } from "../crash/simulation/run-seeds.ts";
import { simulate } from "../crash/simulation/simulate.ts";

test("no invariant breaks in 20,000 simulated runs of processes that die, stop, and race", {
  timeout: 120_000,
}, async () => {
  const { runs, takeovers, kills, stops, failures } = await runSeeds({ first: 1, count: 20_000 });
  expect(failures.slice(0, 3)).toEqual([]);
  expect(runs).toBe(20_000);
  expect(Math.min(takeovers, kills, stops)).toBeGreaterThan(5_000); // it really simulates what it is for
});

test("one seed is one run", async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});

test.for(Object.keys(plantedBugs) as (keyof typeof plantedBugs)[])(
  "notices a planted bug: %s",
  { timeout: 60_000 },
  async (bug) => {
    const { failures } = await runSeeds({ first: 1, count: 1_600, bug });
    expect(failures.length).toBeGreaterThan(0);
  },
);
