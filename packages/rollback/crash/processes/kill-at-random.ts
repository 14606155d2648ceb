import { setTimeout as sleep } from "node:timers/promises";
import { type CrashItem, runCases } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { Scene } from "./scene.ts";

const lanes = 2;

/** kill -9 of a process with 16 transactions at a random moment; sometimes of the one that recovers, too. */
export const killAtRandom: CrashItem = {
  name: "kill -9 at random",
  perPullRequest: 500,
  perRelease: 10_000,
  pieceCases: 50,
  run: (piece) =>
    runCases(piece, lanes, async (seed) => {
      const random = new Seeded(seed);
      const scene = new Scene({ seed });
      const worker = scene.start("work", { transactions: 16 });
      await worker.working;
      await sleep(random.next() * 60);
      worker.child.kill("SIGKILL");
      await worker.ended;
      let kills = 1;
      while (random.chance(0.3)) {
        const recoverer = scene.start("recover");
        await sleep(100 + random.next() * 150);
        recoverer.child.kill("SIGKILL");
        await recoverer.ended;
        kills += 1;
      }
      const problems = await scene.recoverAndCheck();
      const counts = { kills, acknowledged: scene.acknowledged.size, ...scene.ledger.counts };
      scene.remove();
      return { counts, problems };
    }),
};
