import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { JournalHead } from "../../src/journal-store.ts";
import { openJournal } from "../../src/open-journal.ts";
import type { JournalRecord } from "../../src/protocol/record.ts";
import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { cloud } from "../cloud.ts";

export interface SampleJournal {
  /** Closed in good order. */
  readonly path: string;
  /** The same content as a process left it that died: most of it in the write-ahead log. */
  readonly diedPath: string;
  /** What every transaction's log says, as it was written. */
  readonly recordsById: ReadonlyMap<string, string>;
  readonly head: JournalHead;
}

/** A journal file with some committed, rolled-back and open transactions. */
export async function sampleJournal(folder: string, transactions = 20): Promise<SampleJournal> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "journal.db");
  const diedPath = join(folder, "died.db");
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
  const last = sqliteStore({ path, ballastBytes: 0 }); // as long as it is open, closing the other keeps the write-ahead log
  await last.open();
  await journal.close(); // writes what was lazy
  const recordsById = new Map<string, string>();
  for (const id of ids) recordsById.set(id, written((await readLog(last, id)).records));
  const head = await last.head();
  copyFileSync(path, diedPath);
  copyFileSync(`${path}-wal`, `${diedPath}-wal`);
  await last.close();
  return { path, diedPath, recordsById, head };
}

export function written(records: readonly JournalRecord[]): string {
  return JSON.stringify(records);
}
