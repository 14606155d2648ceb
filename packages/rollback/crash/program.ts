import { parseArgs } from "node:util";
import { type CrashItem, outcomeInWords } from "./crash-item.ts";
import { ioErrors } from "./power/io-errors.ts";
import { powerLoss, powerLossUnflushed } from "./power/power-loss.ts";
import { killAtEveryBoundary } from "./processes/kill-at-every-boundary.ts";
import { killAtRandom } from "./processes/kill-at-random.ts";
import { lateRequests } from "./processes/late-requests.ts";
import { manyRecoverers } from "./processes/many-recoverers.ts";
import { poisonedUndo } from "./processes/poisoned-undo.ts";
import { zombieOwner } from "./processes/zombie-owner.ts";
import { simulation } from "./simulation/simulation-item.ts";
import { bitFlips } from "./storage/bit-flips.ts";
import { cutAndOldFiles } from "./storage/cut-and-old-files.ts";
import { fullDisk } from "./storage/full-disk.ts";

// npm run crash -w packages/rollback -- --per-pr | --per-release [--only NAME] [--cases N] [--seed N]

const items: readonly CrashItem[] = [
  simulation,
  killAtRandom,
  killAtEveryBoundary,
  manyRecoverers,
  zombieOwner,
  lateRequests,
  poisonedUndo,
  bitFlips,
  cutAndOldFiles,
  fullDisk,
  powerLoss,
  powerLossUnflushed,
  ioErrors,
];

const { values } = parseArgs({
  options: {
    "per-pr": { type: "boolean", default: false },
    "per-release": { type: "boolean", default: false },
    only: { type: "string" },
    cases: { type: "string" },
    seed: { type: "string" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
let failed = false;
for (const item of items.filter(({ name }) => values.only === undefined || name.includes(values.only))) {
  const cases =
    values.cases !== undefined ? Number(values.cases) : values["per-release"] ? item.perRelease : item.perPullRequest;
  const startedAt = performance.now();
  const outcome = await item.run({ cases, seed });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const verdict = outcome.skipped !== undefined ? "skipped" : outcome.problems.length === 0 ? "passed" : "FAILED";
  console.log(`${verdict}  ${item.name}: ${outcomeInWords(outcome)}; seed ${seed}, ${seconds} s`);
  if (outcome.skipped !== undefined) console.log(`         ${outcome.skipped}`);
  for (const problem of outcome.problems.slice(0, 5)) console.log(`         ${problem}`);
  failed ||= outcome.problems.length > 0;
}
process.exitCode = failed ? 1 : 0;
