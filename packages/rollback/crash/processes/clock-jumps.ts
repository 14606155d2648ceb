import { setTimeout as sleep } from "node:timers/promises";
import { type CrashItem, cannotRun, runCases } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { Scene } from "./scene.ts";
import { clockCannotBeSet, WallClock } from "./wall-clock.ts";

const hourMs = 3_600_000;
const jumpsMs = [0, hourMs, -hourMs, 24 * hourMs, -24 * hourMs];
const stuckMs = 120_000;

/**
 * The wall clocks of owner, recoverers and pruner differ, and jump by hours and days, forwards and backwards, or stand still: no living
 * owner is taken over, nothing is undone twice, no open transaction is pruned, and none gets stuck.
 */
export const clockJumps: CrashItem = {
  name: "clock jumps",
  perPullRequest: 100,
  perRelease: 1_000,
  pieceCases: 10,
  run: async (piece) => {
    const why = clockCannotBeSet();
    return why === undefined ? runCases(piece, 2, jump) : cannotRun(why);
  },
};

async function jump(seed: number) {
  const random = new Seeded(seed);
  const scene = new Scene({ seed });
  const clocks = ["owner", "one", "other", "pruner"].map((name) => new WallClock(scene.folder, name));
  const [ownersClock, ...others] = clocks as [WallClock, WallClock, WallClock, WallClock];
  let jumps = 0;
  const jumpOne = () => {
    random.pick(clocks).set(random.pick(jumpsMs), { stopped: random.chance(0.2) });
    jumps += 1;
  };
  for (const _ of clocks) jumpOne();
  const jumping = setInterval(jumpOne, 20);
  try {
    const problems: string[] = [];
    const owner = scene.start("work", { transactions: 4, holdsOne: true }, { clock: ownersClock });
    await owner.working;
    // While the owner lives, another looks for what to recover.
    const [one, other, pruner] = others;
    const left = await scene.start("recover", {}, { clock: one! }).ended;
    const seen = left?.outcomes ?? [];
    const owned = seen.filter((outcome) => outcome.startsWith("owned")).length;
    if (owned === 0) problems.push("the transaction that a living owner holds open was not seen");
    for (const outcome of seen) {
      if (!/^(owned|lost)/.test(outcome)) problems.push(`a living owner's transaction: ${outcome}`);
    }
    if (scene.fenced.size > 0) problems.push(`${scene.fenced.size} transactions were taken from a living owner`);
    owner.child.kill("SIGKILL");
    await owner.ended;
    const pruned = await scene.start("prune", {}, { clock: pruner! }).ended;
    problems.push(...scene.notePruned(pruned?.outcomes ?? []));
    const recoverers = [one!, other!].map((clock) => scene.start("recover", {}, { clock }).ended);
    const stuck = (await Promise.race([Promise.all(recoverers), sleep(stuckMs, "stuck", { ref: false })])) === "stuck";
    if (stuck) problems.push(`a recovery took longer than ${stuckMs} ms`);
    problems.push(...(await scene.recoverAndCheck()));
    const twice = scene.ledger.removals.length - new Set(scene.ledger.removals).size;
    if (twice > 0) problems.push(`${twice} resources were removed twice`);
    const counts = {
      jumps,
      "living owners left alone": owned,
      pruned: pruned?.outcomes.length ?? 0,
    };
    return { counts: { ...counts, ...scene.ledger.counts }, problems };
  } finally {
    clearInterval(jumping);
    for (const clock of clocks) clock.remove();
    scene.remove();
  }
}
