import type { CrashItem } from "./crash-item.ts";
import { ioErrors } from "./power/io-errors.ts";
import { powerLoss, powerLossUnflushed } from "./power/power-loss.ts";
import { wholeDisk } from "./power/whole-disk.ts";
import { clockJumps } from "./processes/clock-jumps.ts";
import { handlersChanged } from "./processes/handlers-changed.ts";
import { killAtEveryBoundary } from "./processes/kill-at-every-boundary.ts";
import { killAtRandom } from "./processes/kill-at-random.ts";
import { lateRequests } from "./processes/late-requests.ts";
import { manyRecoverers } from "./processes/many-recoverers.ts";
import { poisonedUndo } from "./processes/poisoned-undo.ts";
import { zombieOwner } from "./processes/zombie-owner.ts";
import { plantedBugsCaught } from "./simulation/planted-bugs-item.ts";
import { simulation } from "./simulation/simulation-item.ts";
import { bitFlips } from "./storage/bit-flips.ts";
import { cutAndOldFiles } from "./storage/cut-and-old-files.ts";
import { fullDisk, fullDiskExt4 } from "./storage/full-disk.ts";

/** The crash plan. */
export const items: readonly CrashItem[] = [
  simulation,
  plantedBugsCaught,
  killAtRandom,
  killAtEveryBoundary,
  manyRecoverers,
  zombieOwner,
  lateRequests,
  clockJumps,
  poisonedUndo,
  handlersChanged,
  bitFlips,
  cutAndOldFiles,
  fullDisk,
  fullDiskExt4,
  powerLoss,
  powerLossUnflushed,
  wholeDisk,
  ioErrors,
];
