import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../src/open-journal.ts";
import type { JournalRecord } from "../../src/protocol/record.ts";
import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { cloud } from "../cloud.ts";

export interface SampleJournal {
  readonly path: string;
  /** What every transaction's log says, as it was written. */
  readonly recordsById: ReadonlyMap<string, string>;
}

/** A journal file with some committed, rolled-back and open transactions, closed in good order. */
export async function sampleJournal(folder: string, transactions = 20): Promise<SampleJournal> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "journal.db");
  const given = cloud();
  const store = sqliteStore({ path, ballastBytes: 0 });
  const journal = await openJournal({ store, operations: [given.create] });
  for (let index = 0; index < transactions; index++) {
    const tx = await journal.begin(`transaction ${index}`);
    for (let step = 0; step < 4; step++) await tx.run(given.create, { key: `${index}-${step}` });
    if (index % 3 === 0) await tx.commit();
    if (index % 3 === 1) await tx.rollback("as planned");
  }
  const ids = (await journal.transactions()).map(({ id }) => id);
  const recordsById = new Map<string, string>();
  for (const id of ids) recordsById.set(id, written((await readLog(store, id)).records));
  await journal.close();
  const last = sqliteStore({ path, ballastBytes: 0 });
  await last.open();
  for (const id of ids) recordsById.set(id, written((await readLog(last, id)).records)); // closing flushed what was lazy
  await last.close();
  return { path, recordsById };
}

export function written(records: readonly JournalRecord[]): string {
  return JSON.stringify(records);
}
