import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { verifyJournal } from "../../src/verify.ts";

/** What the workload says of itself: an entry was acknowledged, or what is final is about to be pruned, and may be gone from now on. */
export class Marks {
  readonly acknowledged: Set<string> = new Set();
  readonly prunable: Set<string> = new Set();

  add(text: string): void {
    for (const line of text.split("\n").filter(Boolean)) {
      if (line.startsWith("prunable ")) this.prunable.add(line.slice("prunable ".length));
      else if (line.includes("/")) this.acknowledged.add(line);
    }
  }
}

/** Opens the journal as it is after power was lost: every acknowledged entry must be there, whole. `undefined`: all is well. */
export async function whatWasLost(path: string, { acknowledged, prunable }: Marks): Promise<string | undefined> {
  const store = sqliteStore({ path, execution: "main", ballastBytes: 0 });
  try {
    await store.open();
    const { ok, problems } = await verifyJournal(store);
    if (!ok) return `${problems[0]!.what} ${problems[0]!.id}: ${problems[0]!.message}`;
    const there = new Set<string>();
    const ids = (await store.list()).map(({ id }) => id);
    for (const id of ids) {
      const { end } = await readLog(store, id);
      for (let position = 0; position < end.position; position++) there.add(`${id}/${position}`);
    }
    const mayBeGone = (entry: string) => prunable.has(idOf(entry)) && !ids.includes(idOf(entry));
    const gone = [...acknowledged].find((entry) => !there.has(entry) && !mayBeGone(entry));
    return gone === undefined ? undefined : `the acknowledged entry ${gone} is lost`;
  } catch (error) {
    return String(error);
  } finally {
    await store.close();
  }
}

function idOf(entry: string): string {
  return entry.split("/")[0]!;
}
