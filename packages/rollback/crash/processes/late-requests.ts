import { setTimeout as sleep } from "node:timers/promises";
import { type CrashItem, runCases } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { Scene } from "./scene.ts";

const deadlineMs = 300;

/** Requests arrive up to twice their deadline late: what arrives after the settle time is found by the second look. */
export const lateRequests: CrashItem = {
  name: "late requests",
  perPullRequest: 40,
  perRelease: 1_000,
  pieceCases: 20,
  run: (piece) =>
    runCases(piece, 2, async (seed) => {
      const random = new Seeded(seed);
      const lateMs = random.chance(0.5) ? deadlineMs : deadlineMs * 2;
      const scene = new Scene({ seed, deadlineMs, settleMarginMs: 300, lateMs });
      const worker = scene.start("work", { transactions: 16 });
      await worker.working;
      await sleep(50 + random.next() * 100);
      worker.child.kill("SIGKILL");
      await worker.ended;
      // Up to the deadline, settling is enough; beyond it, the guided recovery's second look must find them.
      const problems = await scene.recoverAndCheck(lateMs > deadlineMs ? { reprobeAfterMs: deadlineMs * 2 } : {});
      scene.remove();
      return {
        counts: { ...scene.ledger.counts, "held up beyond their deadline": lateMs > deadlineMs ? 1 : 0 },
        problems,
      };
    }),
};
