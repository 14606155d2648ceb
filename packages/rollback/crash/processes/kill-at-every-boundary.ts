import { addOutcomes, type CrashItem, type ItemOutcome, runCases } from "../crash-item.ts";
import { Scene } from "./scene.ts";

const lanes = 4;

/** A process kills itself right before and right after each write and each effect; per release, the one that recovers does so too. */
export const killAtEveryBoundary: CrashItem = {
  name: "kill -9 at every boundary",
  perPullRequest: 1,
  perRelease: 3,
  pieceCases: 1,
  run: async ({ first, count, of, seed }) => {
    const rounds: ItemOutcome[] = [];
    for (let round = first; round < first + count; round++) rounds.push(await everyBoundary(seed + round, of > 1));
    return addOutcomes([...rounds, { cases: 0, counts: { rounds: count }, problems: [] }]);
  },
};

async function everyBoundary(seed: number, nested: boolean): Promise<ItemOutcome> {
  const whole = new Scene({ seed, deadlineMs: 3_000 });
  const { boundaries = 0 } = (await whole.start("work-once").ended) ?? {};
  whole.remove();
  return runCases({ first: 1, count: boundaries, seed: 0 }, lanes, async (dieAt) => {
    const scene = new Scene({ seed, deadlineMs: 3_000 });
    await scene.start("work-once", { dieAt }).ended;
    const problems: string[] = [];
    let recoverDieAt = 1;
    for (; nested; recoverDieAt++) {
      if ((await scene.start("recover", { dieAt: recoverDieAt }).ended) !== undefined) break; // nothing left to die at
    }
    problems.push(...(await scene.recoverAndCheck()));
    scene.remove();
    return {
      counts: { ...scene.ledger.counts, "kills in a recovery": recoverDieAt - 1 },
      problems: problems.map((problem) => `at boundary ${dieAt} of ${boundaries}: ${problem}`),
    };
  });
}
