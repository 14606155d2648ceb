import { expect, test } from "vitest";
import { allCases, type CrashItem, outcomeInWords } from "../crash/crash-item.ts";
import { clockJumps } from "../crash/processes/clock-jumps.ts";
import { handlersChanged } from "../crash/processes/handlers-changed.ts";
import { killAtRandom } from "../crash/processes/kill-at-random.ts";
import { lateRequests } from "../crash/processes/late-requests.ts";
import { manyRecoverers } from "../crash/processes/many-recoverers.ts";
import { poisonedUndo } from "../crash/processes/poisoned-undo.ts";
import { zombieOwner } from "../crash/processes/zombie-owner.ts";

const subset: readonly (readonly [CrashItem, number])[] = [
  [killAtRandom, 8],
  [manyRecoverers, 2],
  [zombieOwner, 2],
  [lateRequests, 4],
  [poisonedUndo, 4],
  [handlersChanged, 4],
  [clockJumps, 1],
];

// A few cases of each item of the crash plan, with real processes; `npm run crash` runs them all.
for (const [item, cases] of subset) {
  test(`${item.name}, ${cases} cases: nothing is leaked, lost or left open`, { timeout: 300_000 }, async ({ skip }) => {
    const outcome = await item.run(allCases(cases, 1));
    const { problems, notRun } = outcome;
    if (notRun !== undefined) skip(notRun);
    console.log(`${item.name}: ${outcomeInWords(outcome)}`);
    expect(problems).toEqual([]);
  });
}
