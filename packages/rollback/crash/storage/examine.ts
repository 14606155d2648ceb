import { isJournalError } from "../../src/journal-error.ts";
import type { JournalHead } from "../../src/journal-store.ts";
import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { type JournalProblem, verifyJournal } from "../../src/verify.ts";
import { written } from "./sample-journal.ts";

export interface Examination {
  /** The damage was noticed: by the engine, a log's own chain, or `verify`. */
  readonly noticed: boolean;
  /** Whether `verify` names a transaction, or says that the whole journal is not to be trusted. */
  readonly warnsOf: (transaction: string) => boolean;
  /** Logs that chain although they are not what was written: their end is missing. And those that are open, but not listed so. */
  readonly silent: readonly string[];
  /** Logs that read as they were written. */
  readonly sound: number;
}

// Those whose last record ends nothing.
function openOf(recordsById: ReadonlyMap<string, string>): readonly string[] {
  return [...recordsById].filter(([, text]) => !/"type":"(COMMIT|ROLLED_BACK)"/.test(text)).map(([id]) => id);
}

/** Opens a journal file that something happened to, and compares every log with what was written. */
export async function examine(
  path: string,
  recordsById: ReadonlyMap<string, string>,
  since?: JournalHead,
): Promise<Examination> {
  const store = sqliteStore({ path, execution: "main", ballastBytes: 0 });
  const silent: string[] = [];
  let warned: readonly JournalProblem[] = [];
  let noticed = false;
  let sound = 0;
  try {
    await store.open();
    for (const [id, expected] of recordsById) {
      try {
        if (written((await readLog(store, id)).records) === expected) sound += 1;
        else silent.push(id);
      } catch (error) {
        if (!isJournalError(error)) throw error;
        noticed = true;
      }
    }
    const { ok, problems } = await verifyJournal(store, { since });
    warned = problems;
    const listed = new Set((await store.list({ open: true })).map(({ id }) => id));
    for (const id of openOf(recordsById)) if (!listed.has(id) && !silent.includes(id)) silent.push(id);
    noticed ||= !ok;
  } catch (error) {
    if (!isJournalError(error)) throw error;
    noticed = true;
  } finally {
    await store.close();
  }
  const warnsOf = (id: string) => warned.some((problem) => problem.what !== "transaction" || problem.id === id);
  return { noticed, warnsOf, silent, sound };
}
