import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { type CrashItem, runCases } from "../crash-item.ts";
import { setAside } from "./ledger.ts";
import type { Orders } from "./orders.ts";
import { Scene } from "./scene.ts";

const poisons: readonly NonNullable<Orders["poison"]>[] = ["throws", "hangs", "exits", "out of memory"];

/** An undo that throws, hangs, ends the process or eats its memory: attempts count across crashes, it is parked, the others are undone. */
export const poisonedUndo: CrashItem = {
  name: "poisoned undo",
  perPullRequest: poisons.length,
  perRelease: poisons.length,
  run: (piece) =>
    runCases({ ...piece, seed: 0 }, poisons.length, async (index) => {
      const poison = poisons[index]!;
      const scene = new Scene({ seed: index, deadlineMs: 3_000 });
      await scene.start("poison").ended;
      let processes = 0;
      for (let over = false; !over && processes < 10; processes++) {
        const report = await scene
          .start("recover", { poison }, { execArgv: ["--max-old-space-size=64"] })
          .ended.catch(() => undefined);
        over = report?.outcomes[0] === "parked";
      }
      const problems = [...(await scene.check({ open: 1 })), ...(await checkParked(scene))];
      scene.remove();
      return {
        counts: { [poison]: processes, [setAside]: scene.ledger.counts[setAside] },
        problems: problems.map((problem) => `${poison}: ${problem}`),
      };
    }),
};

async function checkParked(scene: Scene): Promise<readonly string[]> {
  const journal = await openJournal({
    store: sqliteStore({ path: scene.path, execution: "main", ballastBytes: 0 }),
    operations: [],
  });
  const [left] = await journal.transactions({ open: true });
  const steps = left === undefined ? [] : (await journal.show(left.id)).steps;
  await journal.close();
  const seen = steps.map(({ status, undoAttempts }) => `${status} after ${undoAttempts}`).join(", ");
  return seen === "undone after 1, parked after 3, undone after 1" ? [] : [`steps are ${seen}`];
}
