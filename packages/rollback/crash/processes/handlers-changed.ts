import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { type CrashItem, runCases } from "../crash-item.ts";
import type { Orders } from "./orders.ts";
import { Scene } from "./scene.ts";

type Change = NonNullable<Orders["handler"]>;

// The state of the changed operation's step after the first recovery.
const expected: readonly (readonly [Change, string])[] = [
  ["removed", "parked: handler-missing"],
  ["raised without upcast", "parked: handler-missing"],
  ["raised, upcast fails", "parked: upcast-failed"],
  ["raised, upcast works", "undone"],
];

/** The process that recovers lacks an operation, or has another version of it: that step is parked, never skipped, and undone once it is back. */
export const handlersChanged: CrashItem = {
  name: "handlers missing or changed",
  perPullRequest: expected.length,
  perRelease: expected.length,
  run: (piece) =>
    runCases({ ...piece, seed: 0 }, expected.length, async (index) => {
      const [handler, state] = expected[index]!;
      const scene = new Scene({ seed: index, deadlineMs: 3_000 });
      await scene.start("three steps").ended;
      await scene.start("recover", { handler }).ended;
      const problems: string[] = [];
      const seen = await statesOf(scene);
      if (seen !== `undone, ${state}, undone`) problems.push(`steps are ${seen}`);
      const left = [...scene.ledger.resources].map((key) => key.split("/")[1]).join();
      if (left !== (state === "undone" ? "" : "special")) problems.push(`resources left: ${left}`);
      if (state !== "undone") await scene.start("retry parked").ended;
      problems.push(...(await scene.check()));
      if (scene.ledger.removals.length !== 3) problems.push(`${scene.ledger.removals.length} of 3 were removed`);
      scene.remove();
      return { counts: { [`${handler}: ${state}`]: 1 }, problems: problems.map((problem) => `${handler}: ${problem}`) };
    }),
};

async function statesOf(scene: Scene): Promise<string> {
  const store = sqliteStore({ path: scene.path, execution: "main", ballastBytes: 0 });
  const journal = await openJournal({ store, operations: [] });
  const [left] = await journal.transactions();
  const { steps } = await journal.show(left!.id);
  await journal.close();
  return steps.map(({ status, parked }) => (parked === undefined ? status : `${status}: ${parked}`)).join(", ");
}
