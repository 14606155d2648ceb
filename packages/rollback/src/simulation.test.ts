import { expect, test } from "vitest";
import { type PlantedBugName, plantedBugs } from "../crash/simulation/planted-bug.ts";
import { runSeeds } from "../crash/simulation/run-seeds.ts";
import { simulate } from "../crash/simulation/simulate.ts";

// All of them in CI; a tenth of them beside an editor.
const seeds = process.env.CI === undefined ? 2_000 : 20_000;

test(`no invariant breaks in ${seeds} simulated runs of processes that die, stop, and race`, {
  timeout: 600_000,
}, async () => {
  const { runs, takeovers, kills, stops, failures } = await runSeeds({ first: 1, count: seeds });
  expect(failures.slice(0, 3)).toEqual([]);
  expect(runs).toBe(seeds);
  expect(Math.min(takeovers, kills, stops)).toBeGreaterThan(seeds / 4); // it really simulates what it is for
});

test("one seed is one run", async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});

test.for(Object.keys(plantedBugs) as PlantedBugName[])(
  "notices a planted bug: %s",
  { timeout: 300_000 },
  async (bug) => {
    let failures = 0;
    for (let first = 1; failures === 0 && first < 4_000; first += 400) {
      failures = (await runSeeds({ first, count: 400, bug }, 2)).failures.length;
    }
    expect(failures).toBeGreaterThan(0);
  },
);
