import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineOperation } from "../../src/define-operation.ts";
import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";

// Runs under the shim: transactions with encrypted fields, erasure, pruning and checkpoints. Every acknowledged entry leaves a mark.
//   workload.ts FOLDER TRANSACTIONS [FOLDER OF THE MARKS]

const folder = process.argv[2]!;
const transactions = Number(process.argv[3]);
const marks = openSync(join(process.argv[4] ?? folder, "acknowledged"), "w");
let failed = false;
const mark = (text: string) => writeSync(marks, `${text}\n`);

try {
  const make = defineOperation({
    name: "make",
    version: 1,
    class: "undoable",
    sensitive: ["input.password"],
    apply: (_: { readonly key: string; readonly password: string }) => ({ made: true }),
    compensate: () => {},
  });
  const store = sqliteStore({ path: join(folder, "journal.db"), execution: "main", ballastBytes: 0 });
  const append = store.append.bind(store);
  store.append = async (request) => {
    const before = failed;
    const outcome = await append(request).catch((error) => {
      failed = true;
      throw error;
    });
    if (before) mark("after failure");
    mark(`${request.transaction}/${request.position}`);
    return outcome;
  };
  const journal = await openJournal({ store, operations: [make], undo: { maxAttempts: 1 } });
  for (let index = 0; index < transactions; index++) {
    const tx = await journal.begin(`transaction ${index}`).catch(() => undefined);
    try {
      for (let step = 0; step < 4; step++)
        await tx?.run(make, { key: `${index}-${step}-${"x".repeat((index * 97) % 700)}`, password: "hunter2" });
      if (index % 4 === 3) continue; // left open
      if (index % 2 === 0) await tx?.commit();
      else await tx?.rollback("as planned");
    } catch {
      failed = true; // and goes on: nothing may be acknowledged any more
    }
    if (index % 10 === 9) {
      for (const { id } of await journal.transactions({ open: false }).catch(() => [])) mark(`prunable ${id}`);
      await journal.prune({ olderThanMs: -1_000 }).catch(() => []);
      await sleep(130); // idle: the write-ahead log is brought into the database
    }
  }
  await journal.close();
} catch {
  failed = true;
}
if (failed) mark("failed");
