import { setTimeout as sleep } from "node:timers/promises";
import { type CrashItem, runCases } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { setAside } from "./ledger.ts";
import { Scene } from "./scene.ts";

/** An owner is stopped for longer than its lease, its work is undone, and it goes on: it can begin nothing more. */
export const zombieOwner: CrashItem = {
  name: "zombie owner",
  perPullRequest: 20,
  perRelease: 500,
  pieceCases: 10,
  run: (piece) =>
    runCases(piece, 2, async (seed) => {
      const random = new Seeded(seed);
      const scene = new Scene({ seed, leaseMs: 1_000 });
      const zombie = scene.start("work", { transactions: 4 });
      await zombie.working;
      await sleep(random.next() * 60);
      zombie.child.kill("SIGSTOP");
      const recoverer = scene.start("recover");
      // Stopped in the middle of a commit it holds the file's lock: nobody can write, it cannot be fenced, and it goes on unharmed.
      const stuck = (await Promise.race([recoverer.ended, sleep(6_000, "stuck" as const)])) === "stuck";
      await scene.resume(zombie);
      await recoverer.ended;
      await sleep(150); // its fenced transactions find out
      zombie.child.kill("SIGKILL");
      await zombie.ended;
      const problems = [...(await scene.recoverAndCheck())];
      const counts = { fenced: scene.fenced.size, ...scene.ledger.counts, "stopped in a commit": stuck ? 1 : 0 };
      // A process has one thread that sends: one stop catches it at most once between the check of a deadline and the request.
      if (counts[setAside] > 1) problems.push(`${counts[setAside]} ${setAside}, although it was stopped once`);
      scene.remove();
      return { counts, problems };
    }),
};
