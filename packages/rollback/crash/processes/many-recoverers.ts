import { setTimeout as sleep } from "node:timers/promises";
import { type CrashItem, runCases } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { Scene } from "./scene.ts";

/** Two, four or sixteen processes recover at once, and some of them are killed: each step is undone once. */
export const manyRecoverers: CrashItem = {
  name: "many recoverers at once",
  perPullRequest: 100,
  perRelease: 1_000,
  pieceCases: 10,
  run: (piece) =>
    runCases(piece, 1, async (seed) => {
      const random = new Seeded(seed);
      const scene = new Scene({ seed });
      const worker = scene.start("work", { transactions: 8 });
      await worker.working;
      await sleep(random.next() * 40);
      worker.child.kill("SIGKILL");
      await worker.ended;
      const count = random.chance(0.05) ? 16 : random.chance(0.3) ? 4 : 2;
      const recoverers = Array.from({ length: count }, () => scene.start("recover"));
      let kills = 0;
      if (random.chance(0.4)) {
        await sleep(80 + random.next() * 120);
        recoverers[0]!.child.kill("SIGKILL");
        kills = 1;
      }
      const outcomes = await Promise.all(recoverers.map(({ ended }) => ended));
      const problems = [...(await scene.recoverAndCheck())];
      const twice = scene.ledger.removals.length - new Set(scene.ledger.removals).size;
      if (twice > 0) problems.push(`${twice} resources were removed twice`);
      const lost = outcomes
        .flatMap((each) => each?.outcomes ?? [])
        .filter((outcome) => outcome.startsWith("lost") || outcome.startsWith("owned")).length;
      scene.remove();
      return { counts: { recoverers: count, kills, lost, ...scene.ledger.counts }, problems };
    }),
};
