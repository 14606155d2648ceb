import { addCounts, type Counts, type CrashItem, type ItemOutcome, runCases } from "../crash-item.ts";
import { Scene } from "./scene.ts";

/** A process kills itself right before and right after each write and each effect; per release, the one that recovers does so too. */
export const killAtEveryBoundary: CrashItem = {
  name: "kill -9 at every boundary",
  perPullRequest: 1,
  perRelease: 3,
  run: async ({ cases, seed }) => {
    const outcomes: ItemOutcome[] = [];
    for (let round = 0; round < cases; round++) outcomes.push(await everyBoundary(seed + round, cases > 1));
    return {
      cases: outcomes.reduce((sum, each) => sum + each.cases, 0),
      counts: outcomes.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), { rounds: cases }),
      problems: outcomes.flatMap(({ problems }) => problems),
    };
  },
};

async function everyBoundary(seed: number, nested: boolean): Promise<ItemOutcome> {
  const whole = new Scene({ seed, deadlineMs: 3_000 });
  const { boundaries = 0 } = (await whole.start("work-once").ended) ?? {};
  whole.remove();
  return runCases({ cases: boundaries, seed: 1 }, 4, async (dieAt) => {
    const scene = new Scene({ seed, deadlineMs: 3_000 });
    await scene.start("work-once", { dieAt }).ended;
    const problems: string[] = [];
    for (let recoverDieAt = 1; nested; recoverDieAt++) {
      if ((await scene.start("recover", { dieAt: recoverDieAt }).ended) !== undefined) break; // nothing left to die at
    }
    problems.push(...(await scene.recoverAndCheck()));
    scene.remove();
    return {
      counts: scene.ledger.counts,
      problems: problems.map((problem) => `at boundary ${dieAt} of ${boundaries}: ${problem}`),
    };
  });
}
