import { type AppendRequest, entryHash, type JournalRecord, openJournal } from "../../packages/rollback/src/index.ts";
import { sqliteStore } from "../../packages/rollback/src/sqlite.ts";

// recovery-process.ts fill PATH RECORDS | load PATH | verify PATH

const [command, path = "", records = "0"] = process.argv.slice(2);
const openTransactions = 1_000;
const recordsPerTransaction = 20;

switch (command) {
  case "fill":
    await fill(Number(records) / recordsPerTransaction);
    break;
  case "load": {
    const startedAt = performance.now();
    const store = sqliteStore({ path, execution: "main", ballastBytes: 0 });
    await store.open();
    const openMs = performance.now() - startedAt;
    const open = await store.list({ open: true, limit: openTransactions });
    let entries = 0;
    for (const { id } of open) entries += (await store.read(id)).length;
    const loadMs = performance.now() - startedAt - openMs;
    await store.close();
    console.log(
      JSON.stringify({ openMs, loadMs, rssMb: process.memoryUsage.rss() / 1e6, transactions: open.length, entries }),
    );
    break;
  }
  case "verify": {
    const journal = await openJournal({
      store: sqliteStore({ path, execution: "main", ballastBytes: 0 }),
      operations: [],
    });
    const startedAt = performance.now();
    const { ok, problems } = await journal.verify();
    if (!ok) throw new Error(problems[0]!.message);
    console.log(JSON.stringify({ verifyMs: performance.now() - startedAt }));
    await journal.close();
  }
}

// As the journal writes them: two records to an entry, the last fifth of the transactions left open.
async function fill(transactions: number): Promise<void> {
  const store = sqliteStore({ path, execution: "main", ballastBytes: 0 });
  await store.open();
  let batch: Promise<unknown>[] = [];
  for (let index = 0; index < transactions; index++) {
    const id = `transaction-${String(index).padStart(12, "0")}`;
    const open = index % Math.max(1, Math.floor(transactions / openTransactions)) === 0;
    for (const request of log(id, open)) batch.push(store.append(request));
    if (index % 200 === 199) {
      await Promise.all(batch);
      batch = [];
    }
  }
  await Promise.all(batch);
  await store.close();
}

function log(transaction: string, open: boolean): readonly AppendRequest[] {
  const at = 1_767_225_600_000;
  const intent = (step: number): JournalRecord => ({
    type: "INTENT",
    at,
    step,
    operation: "create-secret",
    version: 1,
    class: "undoable",
    input: { account: "111122223333", region: "eu-west-1", name: `app/service/${step}` },
    idempotencyKey: "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst",
    group: step,
    deadlineMs: 30_000,
  });
  const done = (step: number): JournalRecord => ({
    type: "DONE",
    at,
    step,
    output: { versionId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" },
  });
  const begin: JournalRecord = { type: "BEGIN", at, description: "replicate", owner: "bench", epoch: 1 };
  const steps = recordsPerTransaction / 2 - 1;
  const entries: (readonly JournalRecord[])[] = [[begin, intent(1)]];
  for (let step = 2; step <= steps; step++) entries.push([done(step - 1), intent(step)]);
  entries.push(open ? [done(steps)] : [done(steps), { type: "COMMIT", at }]);
  const status = open ? "active" : "committed";
  const summary = {
    id: transaction,
    description: "replicate",
    status,
    owner: "bench",
    epoch: 1,
    job: undefined,
    beganAt: at,
    changedAt: at,
    partial: false,
  } as const;
  let hash = "";
  return entries.map((records, position) => {
    const body = JSON.stringify({ by: "bench", records });
    hash = entryHash(hash, { transaction, position, body });
    const first = position === 0 ? { summary: { ...summary, status: "active" as const } } : {};
    const last = position === entries.length - 1 ? { summary } : {};
    return { transaction, position, body, hash, forward: true, ...first, ...last };
  });
}
