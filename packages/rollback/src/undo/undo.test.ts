import { type ManualClock, manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { type Cloud, cloud, refused } from "../../crash/cloud.ts";
import { type CompensateContext, defineOperation, type OperationDefinition } from "../define-operation.ts";
import type { Journal } from "../journal.ts";
import type { JournalStore } from "../journal-store.ts";
import { memoryStore } from "../memory-store.ts";
import { type JournalOptions, openJournal } from "../open-journal.ts";
import type { AnyOperation } from "../operation-registry.ts";
import { entryRecords } from "../protocol/entry-text.ts";
import { boundedParallel } from "./bounded-parallel.ts";

interface Scene {
  readonly clock: ManualClock;
  readonly store: JournalStore;
  readonly journal: Journal;
}

async function scene(operations: readonly AnyOperation[], options: Partial<JournalOptions> = {}): Promise<Scene> {
  const clock = manualClock();
  const store = memoryStore();
  const journal = await openJournal({ store, operations, clock, settleMarginMs: 100, random: () => 1, ...options });
  return { clock, store, journal };
}

async function recordTypes(store: JournalStore, transaction: string): Promise<string[]> {
  return (await store.read(transaction)).map(({ body }) =>
    entryRecords(body)
      .map(({ type }) => type)
      .join("+"),
  );
}

type Undoable = Extract<
  OperationDefinition<{ readonly key: string }, unknown, undefined>,
  { readonly class: "undoable" }
>;

/** An operation whose effects and undos are written down; `rest` replaces what it should do otherwise. */
function noted(calls: string[], name = "make", rest: Partial<Undoable> = {}) {
  return defineOperation<{ readonly key: string }, unknown>({
    name,
    version: 1,
    class: "undoable",
    deadlineMs: 1_000,
    apply: ({ key }) => void calls.push(`${name} ${key}`),
    compensate: ({ key }) => void calls.push(`undo ${key}`),
    ...rest,
  });
}

describe("order", () => {
  test("undoes the last step first", async () => {
    const calls: string[] = [];
    const make = noted(calls);
    const { journal, store } = await scene([make]);
    const tx = await journal.begin("work");
    for (const key of ["a", "b", "c"]) await tx.run(make, { key });
    const report = await tx.rollback("no");
    expect(calls.slice(3)).toEqual(["undo c", "undo b", "undo a"]);
    expect(report).toMatchObject({ outcome: "rolled-back", partial: false, parked: [] });
    expect(report.undone.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(await recordTypes(store, tx.id)).toEqual([
      ...["BEGIN+INTENT", "DONE+INTENT", "DONE+INTENT", "DONE+ROLLBACK"],
      ...["UNDO_START", "UNDONE+UNDO_START", "UNDONE+UNDO_START", "UNDONE+ROLLED_BACK"],
    ]);
  });

  test("by start, not by completion", async () => {
    const calls: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const make = noted(calls, "make", { apply: ({ key }) => (key === "slow" ? promise : undefined) });
    const { journal } = await scene([make]);
    const tx = await journal.begin("work");
    const slow = tx.run(make, { key: "slow" });
    await tx.run(make, { key: "quick" });
    resolve();
    await slow;
    await tx.rollback("no");
    expect(calls).toEqual(["undo quick", "undo slow"]);
  });

  test("undoes the steps of a group together, and only then what came before", async () => {
    const calls: string[] = [];
    const gate = Promise.withResolvers<void>();
    const make = noted(calls, "make", {
      apply: () => {},
      compensate: async ({ key }) => {
        calls.push(`start ${key}`);
        if (key !== "first") await gate.promise;
        calls.push(`end ${key}`);
      },
    });
    const { journal } = await scene([make]);
    const tx = await journal.begin("work");
    await tx.run(make, { key: "first" });
    const group = tx.group();
    await Promise.all(["a", "b"].map((key) => group.run(make, { key })));
    const rollback = tx.rollback("no");
    await settled();
    expect(calls).toEqual(["start b", "start a"]);
    gate.resolve();
    await rollback;
    expect(calls.slice(2)).toEqual(["end b", "end a", "start first", "end first"]);
  });

  test("keeps to the bounds in all and per scope", async () => {
    const running = new Map<string, number>();
    let most = 0;
    let mostInScope = 0;
    const items = Array.from({ length: 30 }, (_, index) => ({ scope: index < 20 ? "account 1" : "account 2" }));
    await boundedParallel(
      items,
      ({ scope }) => scope,
      { maxParallel: 5, maxParallelPerScope: 3 },
      async ({ scope }) => {
        running.set(scope, (running.get(scope) ?? 0) + 1);
        mostInScope = Math.max(mostInScope, running.get(scope)!);
        most = Math.max(
          most,
          [...running.values()].reduce((sum, each) => sum + each),
        );
        await settled();
        running.set(scope, running.get(scope)! - 1);
      },
    );
    expect({ most, mostInScope }).toEqual({ most: 5, mostInScope: 3 });
  });
});

describe("a step that is unknown", () => {
  async function unknownStep(given: Cloud, fault: "answer-lost" | "request-lost") {
    const made = await scene([given.create]);
    given.faults.set("create a", [fault]);
    const tx = await made.journal.begin("work");
    await expect(tx.run(given.create, { key: "a" })).rejects.toThrow("socket hang up");
    return { ...made, tx };
  }

  test("W8: is looked for only when its deadline and the margin have passed, then undone", async () => {
    const given = cloud();
    const { tx, clock } = await unknownStep(given, "answer-lost");
    const rollback = tx.rollback("no");
    await clock.advance(1_099);
    expect(given.calls).toEqual(["create a"]);
    await clock.advance(1);
    await rollback;
    expect(given.calls).toEqual(["create a", "look a", "delete a"]);
  });

  test("is closed when it is absent, by a strong read", async () => {
    const given = cloud();
    const { tx, clock } = await unknownStep(given, "request-lost");
    const rollback = tx.rollback("no");
    await clock.advance(1_100);
    expect(await rollback).toMatchObject({ outcome: "rolled-back", undone: [], nothingToUndo: [{ step: 1 }] });
    expect(given.calls).toEqual(["create a", "look a"]);
  });

  test("is absent only after two looks when reads lag, and undone if the second finds it", async () => {
    const given = cloud({ consistencyMs: 500 });
    const { tx, clock } = await unknownStep(given, "request-lost");
    const rollback = tx.rollback("no");
    await clock.advance(1_100);
    expect(given.calls).toEqual(["create a", "look a"]);
    given.resources.add("a"); // it shows only now
    await clock.advance(499);
    expect(given.calls).toHaveLength(2);
    await clock.advance(1);
    await rollback;
    expect(given.calls.slice(2)).toEqual(["look a", "delete a"]);
  });

  test.each([
    ["and `compensate` can do without knowing: undone, without an output", true, "rolled-back"],
    ["otherwise: parked", false, "parked"],
  ])("whose probe cannot tell, %s", async (_, compensatesUnknown, outcome) => {
    const contexts: CompensateContext<unknown>[] = [];
    const make = noted([], "make", {
      compensatesUnknown,
      apply: () => Promise.reject(new Error("lost")),
      probe: () => ({ state: "unknown" }),
      compensate: (_, context) => void contexts.push(context),
    });
    const { journal, clock } = await scene([make]);
    const tx = await journal.begin("work");
    await expect(tx.run(make, { key: "a" })).rejects.toThrow("lost");
    const rollback = tx.rollback("no");
    await clock.advance(1_100);
    expect((await rollback).outcome).toBe(outcome);
    expect(contexts.map(({ output, attempt }) => ({ output, attempt }))).toEqual(
      compensatesUnknown ? [{ output: undefined, attempt: 1 }] : [],
    );
  });
});

test("a probe's output that is no plain JSON does not stop the rollback: the step is undone without it", async () => {
  const outputs: unknown[] = [];
  const make = noted([], "make", {
    apply: () => Promise.reject(new Error("lost")),
    probe: () => ({ state: "applied", output: { at: new Date(0) } }),
    compensate: (_, { output }) => void outputs.push(output),
  });
  const { journal, clock } = await scene([make]);
  const tx = await journal.begin("work");
  await expect(tx.run(make, { key: "a" })).rejects.toThrow("lost");
  const rollback = tx.rollback("no");
  await clock.advance(1_100);
  expect((await rollback).outcome).toBe("rolled-back");
  expect(outputs).toEqual([undefined]);
  const { records } = await journal.show(tx.id);
  expect(JSON.stringify(records)).toContain("its output is not recorded: output.at is a Date");
});

test("a probe that fails is asked again, as often as an undo is tried", async () => {
  let asked = 0;
  const make = noted([], "make", {
    apply: () => Promise.reject(new Error("lost")),
    consistencyMs: 0,
    probe: () => {
      asked += 1;
      if (asked < 3) throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      return { state: "absent" };
    },
  });
  const { journal, clock } = await scene([make], { undo: { maxAttempts: 3 } });
  const tx = await journal.begin("work");
  await expect(tx.run(make, { key: "a" })).rejects.toThrow("lost");
  const rollback = tx.rollback("no");
  await clock.advance(1_100 + 200 + 400);
  expect(await rollback).toMatchObject({ outcome: "rolled-back", nothingToUndo: [{ step: 1 }] });
  expect(asked).toBe(3);
});

test("an output that could not be written is looked for by the probe, so that the undo has it", async () => {
  const outputs: unknown[] = [];
  const make = noted([], "make", {
    apply: () => ({ id: "i-1", at: new Date(0) }),
    probe: () => ({ state: "applied", output: { id: "i-1" } }),
    output: (value) => {
      if (value === undefined) throw new Error("there is no output to check");
      return value;
    },
    compensate: (_, { output }) => void outputs.push(output),
  });
  const { journal } = await scene([make]);
  const tx = await journal.begin("work");
  await expect(tx.run(make, { key: "a" })).rejects.toMatchObject({ code: "ERR_JOURNAL_INPUT" });
  expect((await tx.rollback("no")).outcome).toBe("rolled-back");
  expect(outputs).toEqual([{ id: "i-1" }]);
});

describe("an undo that fails", () => {
  test("W5: is announced before each attempt, and tried again after growing pauses", async () => {
    const calls: string[] = [];
    let failures = 2;
    const make = noted(calls, "make", {
      apply: () => {},
      compensate: (_, { attempt }) => {
        calls.push(`attempt ${attempt}`);
        if (failures-- > 0) throw new Error("not now");
      },
    });
    const { journal, clock, store } = await scene([make], { undo: { baseMs: 200 } });
    const tx = await journal.begin("work");
    await tx.run(make, { key: "a" });
    const rollback = tx.rollback("no");
    await clock.advance(199);
    expect(calls).toEqual(["attempt 1"]);
    await clock.advance(1);
    expect(calls).toEqual(["attempt 1", "attempt 2"]);
    await clock.advance(400);
    expect((await rollback).outcome).toBe("rolled-back");
    expect((await recordTypes(store, tx.id)).slice(1)).toEqual([
      ...[
        "DONE+ROLLBACK",
        "UNDO_START",
        "UNDO_FAILED",
        "UNDO_START",
        "UNDO_FAILED",
        "UNDO_START",
        "UNDONE+ROLLED_BACK",
      ],
    ]);
  });

  test("is parked after the last attempt, while independent steps are undone, and is never called done", async () => {
    const calls: string[] = [];
    const make = noted(calls, "make", {
      apply: () => {},
      compensate: ({ key }) => {
        calls.push(key);
        if (key === "b") throw new Error("never");
      },
    });
    const { journal, clock } = await scene([make], { undo: { maxAttempts: 3, baseMs: 1 } });
    const tx = await journal.begin("work");
    for (const key of ["a", "b", "c"]) await tx.run(make, { key });
    const rollback = tx.rollback("no");
    await clock.advance(1_000);
    expect(await rollback).toMatchObject({
      outcome: "parked",
      parked: [{ step: 2, reason: "undo-failed", attempts: 3, error: { name: "Error" } }],
    });
    expect(calls).toEqual(["c", "b", "b", "b", "a"]);
    expect(await journal.transactions({ open: true })).toMatchObject([{ status: "parked" }]);
  });

  test("is parked at once when trying again cannot help", async () => {
    const make = noted([], "make", { compensate: () => Promise.reject(refused("AccessDeniedException")) });
    const { journal } = await scene([make]);
    const tx = await journal.begin("work");
    await tx.run(make, { key: "a" });
    expect(await tx.rollback("no")).toMatchObject({
      outcome: "parked",
      parked: [{ attempts: 1, error: { name: "AccessDeniedException" } }],
    });
  });

  test("holds up the steps it depends on, and they are undone once a person has decided", async () => {
    const calls: string[] = [];
    let broken = true;
    const make = noted(calls, "make", {
      apply: () => {},
      compensate: ({ key }) => {
        if (key === "assignment" && broken) throw refused("ValidationException");
        calls.push(key);
      },
    });
    const { journal } = await scene([make]);
    const tx = await journal.begin("work");
    await tx.run(make, { key: "user" }, { name: "user" });
    await tx.run(make, { key: "report" });
    await tx.run(make, { key: "assignment" }, { dependsOn: ["user"] });
    const report = await tx.rollback("no");
    expect(report).toMatchObject({ outcome: "parked", parked: [{ step: 3 }], waiting: [{ step: 1, name: "user" }] });
    expect(calls).toEqual(["report"]);
    broken = false;
    const decided = await journal.decide(tx.id, 3, {
      decision: "retry",
      who: "ann",
      why: "the assignment was repaired",
    });
    expect(decided).toMatchObject({ outcome: "rolled-back", partial: false });
    expect(calls).toEqual(["report", "assignment", "user"]);
    expect((await journal.show(tx.id)).decisions).toMatchObject([
      { who: "ann", decision: "retry", why: "the assignment was repaired" },
    ]);
  });

  test.each(["skip", "resolved"] as const)(
    "that a person closes as `%s` makes the rollback partial",
    async (decision) => {
      const make = noted([], "make", { compensate: () => Promise.reject(refused()) });
      const { journal } = await scene([make]);
      const tx = await journal.begin("work");
      await tx.run(make, { key: "a" });
      await tx.rollback("no");
      const report = await journal.decide(tx.id, 1, { decision, who: "ann", why: "deleted by hand" });
      expect(report).toMatchObject({ outcome: "rolled-back", partial: true, skipped: [{ step: 1 }] });
    },
  );

  test("follows a rule given per error and per operation", async () => {
    const make = noted([], "make", { compensate: () => Promise.reject(refused("ResourceNotFoundException")) });
    const advise = vi.fn(() => "skip" as const);
    const { journal } = await scene([make], { undo: { advise } });
    const tx = await journal.begin("work");
    await tx.run(make, { key: "a" });
    expect(await tx.rollback("no")).toMatchObject({ outcome: "rolled-back", partial: true });
    expect(advise).toHaveBeenCalledWith(
      expect.objectContaining({
        operation: "make",
        attempt: 1,
        classification: expect.objectContaining({ kind: "not-found" }),
      }),
    );
    expect((await journal.show(tx.id)).decisions).toMatchObject([{ who: "undo.advise", decision: "skip" }]);
  });

  test("is given up when it hangs, and counted", async () => {
    const make = noted([], "make", { undoDeadlineMs: 50, compensate: () => new Promise(() => {}) });
    const { journal, clock } = await scene([make], { undo: { maxAttempts: 2, baseMs: 1 } });
    const tx = await journal.begin("work");
    await tx.run(make, { key: "a" });
    const rollback = tx.rollback("no");
    await clock.advance(200);
    expect(await rollback).toMatchObject({
      outcome: "parked",
      parked: [{ attempts: 2, error: { code: "ERR_TIMEOUT" } }],
    });
  });
});

describe("what cannot be undone", () => {
  test.each(["irreversible", "pivot"] as const)(
    "a step of class %s is parked at once, and earlier ones are undone",
    async (operationClass) => {
      const calls: string[] = [];
      const make = noted(calls);
      const send = defineOperation({
        name: "send",
        version: 1,
        class: operationClass,
        apply: (_: { readonly key: string }) => {},
      });
      const { journal } = await scene([make, send]);
      const tx = await journal.begin("work");
      await tx.run(make, { key: "a" });
      await tx.run(send, { key: "mail" });
      expect(await tx.rollback("no")).toMatchObject({
        outcome: "parked",
        parked: [{ step: 2, reason: operationClass }],
        undone: [{ step: 1 }],
      });
      expect(calls).toEqual(["make a", "undo a"]);
    },
  );

  test("a step of class none-needed needs nothing", async () => {
    const read = defineOperation({
      name: "read",
      version: 1,
      class: "none-needed",
      apply: (_: { readonly key: string }) => {},
    });
    const { journal } = await scene([read]);
    const tx = await journal.begin("work");
    await tx.run(read, { key: "a" });
    expect(await tx.rollback("no")).toMatchObject({ outcome: "rolled-back", nothingToUndo: [{ step: 1 }] });
  });
});

describe("handlers of another version", () => {
  async function left(version: number) {
    const calls: string[] = [];
    const old = noted(calls, "make", { version });
    const first = await scene([old]);
    const tx = await first.journal.begin("work");
    await tx.run(old, { key: "a" });
    await first.clock.advance(5);
    const reopen = (...operations: readonly AnyOperation[]) =>
      openJournal({ store: first.store, operations, clock: first.clock }).then((journal) =>
        journal.rollback(tx.id, { force: true }),
      );
    return { calls, reopen };
  }

  test("a missing handler parks its step, and skips nothing", async () => {
    const { reopen, calls } = await left(1);
    expect(await reopen()).toMatchObject({ outcome: "parked", parked: [{ step: 1, reason: "handler-missing" }] });
    expect(calls).toEqual(["make a"]);
  });

  test("so does a newer one that cannot take the old one's steps over", async () => {
    const { reopen } = await left(1);
    expect(await reopen(noted([], "make", { version: 2 }))).toMatchObject({ parked: [{ reason: "handler-missing" }] });
  });

  test("a newer one takes them over by `upcast`", async () => {
    const { reopen } = await left(1);
    const calls: string[] = [];
    const newer = noted(calls, "make", {
      version: 3,
      upcast: ({ version, input }) => ({
        input: { key: `${(input as { key: string }).key} of version ${version}` },
        output: undefined,
      }),
    });
    expect(await reopen(newer)).toMatchObject({ outcome: "rolled-back" });
    expect(calls).toEqual(["undo a of version 1"]);
  });

  test("an `upcast` that throws parks the step", async () => {
    const { reopen } = await left(1);
    const upcast = () => {
      throw new Error("never seen such a thing");
    };
    expect(await reopen(noted([], "make", { version: 2, upcast }))).toMatchObject({
      parked: [{ reason: "upcast-failed" }],
    });
  });

  test("so does an input that its checker refuses", async () => {
    const { reopen } = await left(1);
    const input = () => {
      throw new TypeError("no such key");
    };
    expect(await reopen(noted([], "make", { input }))).toMatchObject({ parked: [{ reason: "unreadable-input" }] });
  });
});

describe("permissions", () => {
  test("missing rights park all of it before anything is undone; a decision to retry goes on", async () => {
    const calls: string[] = [];
    const make = noted(calls, "make", {
      permissions: ({ key }) => [{ action: "s3:DeleteBucket", resource: `arn:aws:s3:::${key}` }],
    });
    let missing = true;
    const checkPermissions = vi.fn((all: readonly { readonly action: string }[]) => (missing ? all.slice(1) : []));
    const { journal } = await scene([make], { checkPermissions });
    const tx = await journal.begin("work");
    await tx.run(make, { key: "a" });
    await tx.run(make, { key: "b" });
    const report = await tx.rollback("no");
    expect(report).toMatchObject({
      outcome: "parked",
      undone: [],
      missingPermissions: ["s3:DeleteBucket on arn:aws:s3:::b"],
    });
    expect(calls).toEqual(["make a", "make b"]);
    expect(checkPermissions).toHaveBeenCalledTimes(1);
    missing = false;
    expect(await journal.decide(tx.id, undefined, { decision: "retry", who: "ann", why: "granted" })).toMatchObject({
      outcome: "rolled-back",
    });
    expect(calls.slice(2)).toEqual(["undo b", "undo a"]);
  });
});

test("an undo has a signal of its own: it runs although the work was aborted", async () => {
  const signals: boolean[] = [];
  const make = noted([], "make", { compensate: (_, { signal }) => void signals.push(signal.aborted) });
  const { journal } = await scene([make]);
  const work = new AbortController();
  const tx = await journal.begin("work");
  await tx.run(make, { key: "a" }, { signal: work.signal });
  work.abort();
  expect((await tx.rollback("aborted")).outcome).toBe("rolled-back");
  expect(signals).toEqual([false]);
});

test("tells the progress of an undo", async () => {
  const make = noted([]);
  const { journal } = await scene([make]);
  const seen: (number | undefined)[][] = [];
  journal.onProgress(({ phase, done, total }) => phase === "undo" && seen.push([done, total]));
  const tx = await journal.begin("work");
  for (const key of ["a", "b"]) await tx.run(make, { key });
  await tx.rollback("no");
  expect(seen).toEqual([
    [1, 2],
    [2, 2],
  ]);
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
