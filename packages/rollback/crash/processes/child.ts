import { defineOperation, type RecordedStep } from "../../src/define-operation.ts";
import type { Transaction } from "../../src/forward/transaction.ts";
import type { Journal } from "../../src/journal.ts";
import { isJournalError } from "../../src/journal-error.ts";
import { openJournal } from "../../src/open-journal.ts";
import { entryRecords } from "../../src/protocol/entry-text.ts";
import { recover } from "../../src/recovery/recover.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { Seeded } from "../simulation/seeded.ts";
import { type LedgerReply, type LedgerRequest, machineTime } from "./ledger.ts";
import type { Orders, Report } from "./orders.ts";

// A process of the crash plan: it works or recovers, and is killed at some moment by its parent or by itself.

const orders = JSON.parse(process.argv[2]!) as Orders;
const random = new Seeded(orders.seed);
let boundaries = 0;
let asked = 0;
const answers = new Map<number, (present: boolean) => void>();
process.on("message", ({ id, present }: LedgerReply) => answers.get(id)?.(present));

/** A moment at which dying matters: right before and right after each write and each effect. */
function boundary(): void {
  boundaries += 1;
  if (boundaries === orders.dieAt) process.kill(process.pid, "SIGKILL");
}

// When the intent to make each thing was sent to the store.
const begunAt = new Map<string, number>();

function ask(act: LedgerRequest["act"], key: string): Promise<boolean> {
  const id = ++asked;
  return new Promise((resolve) => {
    answers.set(id, resolve);
    process.send!({
      type: "ledger",
      id,
      act,
      key,
      sentAt: machineTime(),
      begunAt: begunAt.get(key),
    } satisfies LedgerRequest);
  });
}

function tell(report: Report): void {
  process.send!(report);
}

const make = operation("make", 1, undefined);
const special = operation("make-special", orders.handler?.startsWith("raised") ? 2 : 1, upcast(orders.handler));

function operation(name: string, version: number, upcast: ((step: RecordedStep) => RecordedStep) | undefined) {
  return defineOperation({
    name,
    version,
    class: "undoable",
    upcast,
    deadlineMs: orders.deadlineMs,
    undoDeadlineMs: orders.poison === undefined ? 10_000 : 1_000,
    consistencyMs: 0,
    apply: async ({ key }: { readonly key: string }) => {
      boundary();
      await ask("make", key);
      boundary();
      return { key };
    },
    probe: async ({ key }) => ((await ask("look", key)) ? { state: "applied", output: { key } } : { state: "absent" }),
    compensate: async ({ key }) => {
      if (key.endsWith("/poison")) await poison();
      boundary();
      await ask("remove", key);
      boundary();
    },
  });
}

function upcast(handler: Orders["handler"]) {
  if (handler === "raised, upcast works") return (step: RecordedStep) => step;
  if (handler !== "raised, upcast fails") return undefined;
  return () => {
    throw new Error("an older version wrote what this one does not understand");
  };
}

async function poison(): Promise<void> {
  switch (orders.poison) {
    case "throws":
      throw new Error("it cannot be undone");
    case "hangs":
      return new Promise(() => {});
    case "exits":
      process.exit(7);
      break;
    case "out of memory": {
      const kept: number[][] = [];
      for (;;) kept.push(new Array<number>(1_000_000).fill(1));
    }
  }
}

const store = sqliteStore({ path: orders.path, ballastBytes: 0 });
const append = store.append.bind(store);
store.append = async (request) => {
  for (const record of entryRecords(request.body)) {
    if (record.type === "INTENT") begunAt.set((record.input as { readonly key: string }).key, machineTime());
  }
  boundary();
  const outcome = await append(request);
  boundary();
  return outcome;
};
const journal = await openJournal({
  store,
  operations: orders.handler === "removed" ? [make] : [make, special],
  settleMarginMs: orders.settleMarginMs,
  leaseMs: orders.leaseMs,
  undo: { maxAttempts: 3, baseMs: 1 },
});
const outcomes = await run(journal);
await journal.close();
tell({ type: "finished", boundaries, outcomes });
process.disconnect();

async function run(journal: Journal): Promise<readonly string[]> {
  switch (orders.role) {
    case "work":
      if (orders.holdsOne === true) {
        const held = await journal.begin("held open");
        await held.checkpoint("held"); // no step: on a slow machine its deadline could pass
      }
      tell({ type: "working" });
      await Promise.all(Array.from({ length: orders.transactions ?? 16 }, () => workForEver(journal)));
      return [];
    case "work-once":
      await transaction(journal, 3, "commit");
      await transaction(journal, 3, "rollback");
      return [];
    case "poison": {
      const tx = await journal.begin("poisoned");
      for (const name of ["first", "poison", "last"]) await tx.run(make, { key: `${tx.id}/${name}` });
      await journal.close();
      process.kill(process.pid, "SIGKILL");
      return [];
    }
    case "three steps": {
      const tx = await journal.begin("three steps");
      await tx.run(make, { key: `${tx.id}/first` });
      await tx.run(special, { key: `${tx.id}/special` });
      await tx.run(make, { key: `${tx.id}/last` });
      await journal.close();
      process.kill(process.pid, "SIGKILL");
      return [];
    }
    case "retry parked": {
      const outcomes: string[] = [];
      for (const { id } of await journal.transactions({ open: true })) {
        for (const { step, status } of (await journal.show(id)).steps) {
          if (status !== "parked") continue;
          const why = { decision: "retry", who: "crash plan", why: "its handler is back" } as const;
          outcomes.push((await journal.decide(id, step, why)).outcome);
        }
      }
      return outcomes;
    }
    case "prune": {
      const statusById = new Map<string, string>();
      for (const { id, status } of await journal.transactions({ limit: 1_000_000 })) statusById.set(id, status);
      return (await journal.prune({ olderThanMs: 60_000 })).map((id) => `${statusById.get(id)} ${id}`);
    }
    case "recover": {
      const { reprobeAfterMs } = orders;
      const { transactions } = await recover(
        journal,
        reprobeAfterMs === undefined ? {} : { strategy: "guided", ask: () => "rollback", reprobeAfterMs },
      );
      return transactions.map(({ outcome, error }) =>
        error === undefined ? outcome : `${outcome} (${error.code ?? error.name})`,
      );
    }
  }
}

async function workForEver(journal: Journal): Promise<void> {
  for (;;) {
    const steps = random.integer(1, 5);
    const end = random.chance(0.3) ? "rollback" : "commit";
    try {
      await transaction(journal, steps, end);
    } catch (error) {
      if (!isJournalError(error, "ERR_JOURNAL_FENCED")) continue; // the scope has rolled it back
      tell({ type: "fenced", transaction: error.transaction! });
    }
  }
}

async function transaction(journal: Journal, steps: number, end: "commit" | "rollback"): Promise<void> {
  const tx = await journal.begin(`${steps} steps, then ${end}`);
  try {
    await work(tx, steps, end);
  } finally {
    await tx[Symbol.asyncDispose]();
  }
}

async function work(tx: Transaction, steps: number, end: "commit" | "rollback"): Promise<void> {
  const runner = random.chance(0.3) ? tx.group() : tx;
  const running: Promise<unknown>[] = [];
  for (let step = 1; step <= steps; step++) {
    const made = runner.run(make, { key: `${tx.id}/${step}` });
    made.catch(() => {});
    running.push(made);
    if (runner === tx) await made;
  }
  await Promise.all(running);
  if (end === "rollback") {
    await tx.rollback("as ordered");
    return;
  }
  await tx.commit();
  tell({ type: "acknowledged", transaction: tx.id });
}
