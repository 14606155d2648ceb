import { addOutcomes, type CrashItem, type ItemOutcome } from "../crash-item.ts";
import { type PlantedBugName, plantedBugs } from "./planted-bug.ts";
import { runSeeds } from "./run-seeds.ts";

const names = Object.keys(plantedBugs) as PlantedBugName[];
const mostSeeds = 20_000; // a pull request's simulation

/** Bugs that journals have had are planted: the simulation must notice every one, within what a pull request runs of it. */
export const plantedBugsCaught: CrashItem = {
  name: "planted bugs",
  perPullRequest: names.length,
  perRelease: names.length,
  pieceCases: 1,
  run: async ({ first, count, seed }) => {
    const outcomes: ItemOutcome[] = [];
    for (const bug of names.slice(first, first + count)) outcomes.push(await caught(bug, seed));
    return addOutcomes(outcomes);
  },
};

async function caught(bug: PlantedBugName, seed: number): Promise<ItemOutcome> {
  const together = 400;
  for (let runs = together; runs <= mostSeeds; runs += together) {
    const { failures } = await runSeeds({ first: seed + runs - together, count: together, bug }, 1);
    if (failures.length > 0)
      return { cases: 1, counts: { [`of ${runs} runs failed: ${bug}`]: failures.length }, problems: [] };
  }
  return { cases: 1, counts: {}, problems: [`${bug}: ${mostSeeds} runs noticed nothing`] };
}
