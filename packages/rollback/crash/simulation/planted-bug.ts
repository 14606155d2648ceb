import type { Clock } from "@holdfast/errors/policy";
import { defineOperation } from "../../src/define-operation.ts";
import type { AppendRequest, JournalStore } from "../../src/journal-store.ts";
import { entryBody, entryHash, entryRecords } from "../../src/protocol/entry-text.ts";
import type { JournalRecord } from "../../src/protocol/record.ts";
import { deadlineMs, type Make, settleMarginMs } from "./world.ts";

/** Where a bug is planted: around what a process is given. */
export interface PlantedBug {
  readonly store?: ((store: JournalStore) => JournalStore) | undefined;
  readonly clock?: ((clock: Clock) => Clock) | undefined;
  readonly operation?: ((make: Make) => Make) | undefined;
}

export type PlantedBugName =
  | "record-after"
  | "acknowledged before durable"
  | "no settle"
  | "no compare-and-set"
  | "wall-clock lease"
  | "done before effect"
  | "swallowed undo error"
  | "open ones expire";

// Bugs that journals have had; the simulation must notice every one.
export const plantedBugs: Readonly<Record<PlantedBugName, PlantedBug>> = {
  /** Steps are written down after their effect: an entry that only intends is held back until the next. */
  "record-after": { store: (store) => rewriting(store, holdIntents()) },

  /** What was acknowledged is lost when the process dies. */
  "acknowledged before durable": {
    store: (store) => {
      let held: AppendRequest | undefined;
      return {
        ...bound(store),
        append: async (request) => {
          const before = held;
          held = request;
          if (before !== undefined) await store.append(before);
          return "appended";
        },
      };
    },
  },

  /** Nothing is waited for: neither deadlines nor margins. */
  "no settle": {
    clock: (clock) => ({ ...clock, setTimeout: (run, ms) => clock.setTimeout(run, isSettling(ms) ? 0 : ms) }),
  },

  /** A writer that was fenced writes all the same, behind what the other wrote. */
  "no compare-and-set": {
    store: (store) => ({
      ...bound(store),
      append: async (request) => {
        for (;;) {
          const outcome = await store.append(request);
          if (outcome === "appended") return outcome;
          const log = await store.read(request.transaction);
          const place = { transaction: request.transaction, position: log.length, body: request.body };
          request = { ...request, ...place, hash: entryHash(log.at(-1)?.hash ?? "", place) };
        }
      },
    }),
  },

  /** Leases are timed by the wall clock. */
  "wall-clock lease": { clock: (clock) => ({ ...clock, monotonic: () => clock.now() }) },

  /** A step is written down as done together with its intent. */
  "done before effect": { store: (store) => rewriting(store, doneWithIntent()) },

  /** An undo that fails is taken for one that did not. */
  "swallowed undo error": {
    operation: (make) => {
      if (make.class !== "undoable") return make;
      const { compensate } = make;
      return defineOperation({
        ...make,
        compensate: async (input, context) => {
          await Promise.resolve(compensate(input, context)).catch(() => {});
        },
      });
    },
  },

  /** Open transactions are deleted when they are old. */
  "open ones expire": {
    store: (store) => ({
      ...bound(store),
      list: async (filter) => {
        const all = await store.list(filter);
        const newest = Math.max(...all.map(({ beganAt }) => beganAt));
        return all.filter(({ status, beganAt }) => status !== "active" || beganAt > newest - 50);
      },
    }),
  },
};

// Nothing else waits longer than a deadline, and not much longer.
function isSettling(ms: number): boolean {
  return ms > deadlineMs && ms <= deadlineMs + settleMarginMs;
}

type Rewrite = (transaction: string, records: readonly JournalRecord[]) => readonly JournalRecord[];

function doneWithIntent(): Rewrite {
  const done = new Set<string>();
  return (transaction, records) =>
    records.flatMap((record): readonly JournalRecord[] => {
      if (record.type === "INTENT") {
        done.add(`${transaction}/${record.step}`);
        return [record, { type: "DONE", at: record.at, step: record.step }];
      }
      const told = (record.type === "DONE" || record.type === "FAILED") && done.has(`${transaction}/${record.step}`);
      return told ? [] : [record];
    });
}

function holdIntents(): Rewrite {
  const held = new Map<string, readonly JournalRecord[]>();
  return (transaction, records) => {
    const all = [...(held.get(transaction) ?? []), ...records];
    const finished = new Set(
      all.filter(({ type }) => type === "DONE" || type === "FAILED").map((each) => ("step" in each ? each.step : 0)),
    );
    const last = all.findIndex((record) => record.type === "INTENT" && !finished.has(record.step));
    const cut = last < 0 || all.some(({ type }) => type === "ROLLBACK" || type === "COMMIT") ? all.length : last;
    held.set(transaction, all.slice(cut));
    return all.slice(0, cut);
  };
}

// Rewrites what one process appends, and chains it anew; what it is told is that all went well.
function rewriting(store: JournalStore, rewrite: Rewrite): JournalStore {
  const ends = new Map<string, { readonly position: number; readonly hash: string }>();
  return {
    ...bound(store),
    append: async (request) => {
      const { transaction } = request;
      const records = rewrite(transaction, entryRecords(request.body));
      if (records.length === 0) return "appended";
      const by = (JSON.parse(request.body) as { readonly by: string }).by;
      const end =
        ends.get(transaction) ?? (request.position === 0 ? { position: 0, hash: "" } : await endOf(store, transaction));
      const place = { transaction, position: end.position, body: entryBody(by, records) };
      const hash = entryHash(end.hash, place);
      ends.set(transaction, { position: end.position + 1, hash });
      return store.append({ ...request, ...place, hash });
    },
  };
}

async function endOf(store: JournalStore, transaction: string) {
  const log = await store.read(transaction);
  return { position: log.length, hash: log.at(-1)?.hash ?? "" };
}

function bound(store: JournalStore): JournalStore {
  return {
    kind: store.kind,
    open: () => store.open(),
    append: (request) => store.append(request),
    read: (transaction, from) => store.read(transaction, from),
    list: (filter) => store.list(filter),
    readKey: (transaction) => store.readKey(transaction),
    beat: (owner) => store.beat(owner),
    observe: (owner) => store.observe(owner),
    retire: (owner) => store.retire(owner),
    prune: (before) => store.prune(before),
    head: () => store.head(),
    commits: (after, limit) => store.commits(after, limit),
    members: (first, last) => store.members(first, last),
    close: () => store.close(),
  };
}
