import { addOutcomes, type CrashItem, type ItemOutcome, runCases } from "../crash-item.ts";
import { Scene } from "./scene.ts";

const lanes = 16; // most of a case is waiting for deadlines to pass

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
    const outcomes: ItemOutcome[] = [];
    const place = `at boundary ${dieAt} of ${boundaries}`;
    for (let recoverDieAt = nested ? 1 : undefined; ; recoverDieAt! += 1) {
      const scene = new Scene({ seed, deadlineMs: 3_000 });
      await scene.start("work-once", { dieAt }).ended;
      // Killed once: an undo that is killed again and again is parked, as the poisoned ones are.
      const survived = !nested || (await scene.start("recover", { dieAt: recoverDieAt }).ended) !== undefined;
      const problems = (await scene.recoverAndCheck()).map((problem) => `${place}, then ${recoverDieAt}: ${problem}`);
      scene.remove();
      const counts = { ...scene.ledger.counts, "killed in the recovery too": survived ? 0 : 1 };
      outcomes.push({ cases: 1, counts, problems });
      if (survived) return addOutcomes(outcomes); // nothing left to die at
    }
  });
}
