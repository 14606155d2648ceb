import { type ManualClock, manualClock } from "@holdfast/errors/testing";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { type Cloud, cloud, refused } from "../../crash/cloud.ts";
import { defineOperation } from "../define-operation.ts";
import type { Journal } from "../journal.ts";
import type { AppendRequest, JournalStore } from "../journal-store.ts";
import { memoryStore } from "../memory-store.ts";
import { openJournal } from "../open-journal.ts";
import { entryRecords } from "../protocol/entry-text.ts";

interface Scene {
  readonly clock: ManualClock;
  readonly cloud: Cloud;
  readonly store: JournalStore;
  readonly journal: Journal;
}

async function scene(given: Cloud = cloud(), store: JournalStore = memoryStore()): Promise<Scene> {
  const clock = manualClock();
  const journal = await openJournal({
    store,
    operations: [given.create],
    clock,
    settleMarginMs: 100,
    random: () => 0.5,
  });
  return { clock, cloud: given, store, journal };
}

async function recordTypes(store: JournalStore, transaction: string): Promise<string[]> {
  return (await store.read(transaction)).map(({ body }) =>
    entryRecords(body)
      .map(({ type }) => type)
      .join("+"),
  );
}

describe("a step", () => {
  test("W1: begins its effect only once its intent is durable", async () => {
    const { store, release } = heldStore();
    const { journal, cloud } = await scene(undefined, store);
    const tx = await journal.begin("work");
    const step = tx.run(cloud.create, { key: "a" });
    await settled();
    expect(cloud.calls).toEqual([]);
    release();
    await expect(step).resolves.toEqual({ id: "id of a" });
    expect(cloud.calls).toEqual(["create a"]);
  });

  test("is done with the next entry, so that a transaction of n steps costs n + 1", async () => {
    const { journal, cloud, store } = await scene();
    const tx = await journal.begin("work");
    for (const key of ["a", "b", "c"]) await tx.run(cloud.create, { key });
    await tx.commit();
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT", "DONE+INTENT", "DONE+INTENT", "DONE+COMMIT"]);
  });

  test("is done after 5 ms when nothing follows it", async () => {
    const { journal, cloud, store, clock } = await scene();
    const tx = await journal.begin("work");
    await tx.run(cloud.create, { key: "a" });
    await clock.advance(4);
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT"]);
    await clock.advance(1);
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT", "DONE"]);
  });

  test('with `done: "sync"` is durably done before it resolves', async () => {
    const { journal, store, operation } = await withOperation({ done: "sync" });
    const tx = await journal.begin("work");
    await tx.run(operation, {});
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT", "DONE"]);
  });

  test("passes its error through, and closes when that proves it absent", async () => {
    const { journal, cloud, store } = await scene();
    cloud.faults.set("create a", ["refused"]);
    const tx = await journal.begin("work");
    await expect(tx.run(cloud.create, { key: "a" })).rejects.toThrow(/^refused: hunter2 is not valid$/);
    await tx.commit();
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT", "FAILED+COMMIT"]);
  });

  test("writes what identifies its error, and not its message, which may hold a value", async () => {
    const { journal, cloud, store } = await scene();
    cloud.faults.set("create a", ["refused"]);
    const tx = await journal.begin("work");
    await expect(tx.run(cloud.create, { key: "a" })).rejects.toThrow();
    await tx.commit();
    const text = JSON.stringify(await store.read(tx.id));
    expect(text).toContain("ValidationException");
    expect(text).not.toContain("hunter2");
  });

  test("is unknown after an error that proves nothing, and cannot be committed", async () => {
    const { journal, cloud } = await scene();
    cloud.faults.set("create a", ["answer-lost"]);
    const tx = await journal.begin("work");
    await expect(tx.run(cloud.create, { key: "a" })).rejects.toThrow("socket hang up");
    await expect(tx.commit()).rejects.toMatchObject({ code: "ERR_JOURNAL_UNKNOWN_STEP", step: 1 });
  });

  test.each([
    ["answer-lost", ["BEGIN+INTENT", "PROBED", "COMMIT"]],
    ["request-lost", ["BEGIN+INTENT", "PROBED", "COMMIT"]],
  ] as const)(
    "that is unknown (%s) can be committed once it is settled, and not a millisecond sooner",
    async (fault, records) => {
      const { journal, cloud, clock, store } = await scene();
      cloud.faults.set("create a", [fault]);
      const tx = await journal.begin("work");
      await expect(tx.run(cloud.create, { key: "a" })).rejects.toThrow("socket hang up");
      const settling = tx.settle();
      await clock.advance(1_099); // the deadline, and the margin, less one
      expect(cloud.calls).toEqual(["create a"]);
      await clock.advance(1);
      expect(cloud.calls).toEqual(["create a", "look a"]);
      await settling;
      await tx.commit();
      expect(await recordTypes(store, tx.id)).toEqual(records);
      expect(tx.completed.length).toBe(fault === "answer-lost" ? 1 : 0);
    },
  );

  test("is not proven absent by a refusal that may only answer an earlier, lost attempt", async () => {
    const error = Object.assign(refused("ResourceExistsException"), {
      $metadata: { httpStatusCode: 400, attempts: 2 },
    });
    const { journal, operation } = await withOperation({ apply: () => Promise.reject(error) });
    const tx = await journal.begin("work");
    await expect(tx.run(operation, {})).rejects.toBe(error);
    await expect(tx.commit()).rejects.toMatchObject({ code: "ERR_JOURNAL_UNKNOWN_STEP" });
  });

  test("is given up at its deadline, even if its effect takes no notice, and is unknown", async () => {
    const { journal, cloud, clock } = await scene();
    cloud.faults.set("create a", ["hangs"]);
    const tx = await journal.begin("work");
    const step = tx.run(cloud.create, { key: "a" });
    const ended = vi.fn();
    step.then(ended, ended);
    await clock.advance(999);
    expect(ended).not.toHaveBeenCalled();
    await clock.advance(1);
    await expect(step).rejects.toMatchObject({ code: "ERR_TIMEOUT", message: expect.stringContaining("1000 ms") });
    await expect(tx.commit()).rejects.toMatchObject({ code: "ERR_JOURNAL_UNKNOWN_STEP" });
  });

  test("rejects with the caller's reason at once when the caller aborts, and is unknown", async () => {
    const { journal, cloud } = await scene();
    cloud.faults.set("create a", ["hangs"]);
    const tx = await journal.begin("work");
    const controller = new AbortController();
    const step = tx.run(cloud.create, { key: "a" }, { signal: controller.signal });
    await settled();
    controller.abort("enough");
    await expect(step).rejects.toBe("enough");
    await expect(tx.run(cloud.create, { key: "b" }, { signal: controller.signal })).rejects.toBe("enough");
    expect(cloud.calls).toEqual(["create a"]);
  });

  test("is not begun when its intent became durable only after its deadline", async () => {
    const { store, release } = heldStore();
    const { journal, cloud, clock } = await scene(undefined, store);
    const tx = await journal.begin("work");
    const step = tx.run(cloud.create, { key: "a" });
    step.catch(() => {});
    await clock.advance(1_000);
    release();
    await expect(step).rejects.toThrow("was not begun");
    expect(cloud.calls).toEqual([]);
    await tx.commit(); // proven absent
  });

  test("with a name is not run again, and resolves with what was recorded", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("work");
    const first = await tx.run(cloud.create, { key: "a" }, { name: "make a" });
    await expect(tx.run(cloud.create, { key: "a" }, { name: "make a" })).resolves.toEqual(first);
    expect(cloud.calls).toEqual(["create a"]);
  });

  test("refuses an input that is no JSON, before anything is intended", async () => {
    const { journal, store, operation } = await withOperation({});
    const tx = await journal.begin("work");
    await expect(tx.run(operation, { big: 1n })).rejects.toMatchObject({ code: "ERR_JOURNAL_INPUT" });
    await tx.commit();
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+COMMIT"]);
  });

  test("refuses what JSON would turn into something else, by its place, before anything is intended", async () => {
    const { journal, store, operation } = await withOperation({});
    const tx = await journal.begin("work");
    for (const [input, finding] of [
      [{ f: () => 1 }, "Step 1: input.f is a function"],
      [{ n: Number.NaN }, "Step 1: input.n is NaN"],
      [{ list: [undefined] }, "Step 1: input.list[0] is undefined"],
      [{ at: new Date(0) }, "Step 1: input.at is a Date"],
    ] as const) {
      const refused = expect(tx.run(operation, input)).rejects;
      await refused.toMatchObject({ code: "ERR_JOURNAL_INPUT", message: expect.stringContaining(finding) });
    }
    await expect(tx.checkpoint("seen", { ids: new Set() })).rejects.toThrow("checkpoint.ids is a Set");
    await tx.commit();
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+COMMIT"]);
  });

  test("whose name another operation has had is refused: its recorded output would be the other's", async () => {
    const given = cloud();
    const read = defineOperation({ name: "read", version: 1, class: "none-needed", apply: () => "read" });
    const journal = await openJournal({ store: memoryStore(), operations: [given.create, read], clock: manualClock() });
    const tx = await journal.begin("work");
    await tx.run(given.create, { key: "a" }, { name: "same" });
    await expect(tx.run(read, undefined, { name: "same" })).rejects.toMatchObject({
      code: "ERR_JOURNAL_STATE",
      message: expect.stringContaining('step "same" was create, not read: name steps apart'),
    });
  });

  test("whose output is no plain JSON is done, says so, is undone without it, and does not pretend when asked again", async () => {
    const undoneWith: unknown[] = [];
    const { journal, operation } = await withOperation({
      apply: () => ({ id: "i-1", at: new Date(0) }),
      compensate: (_, { output }) => void undoneWith.push(output),
    });
    const changes: string[] = [];
    journal.onStep(({ change }) => void changes.push(change));
    const tx = await journal.begin("work");
    const lost = { code: "ERR_JOURNAL_INPUT", step: 1, message: expect.stringContaining("output.at is a Date") };
    await expect(tx.run(operation, {}, { name: "make" })).rejects.toMatchObject(lost);
    expect(tx.completed).toMatchObject([{ step: 1, output: undefined }]);
    expect(changes).toEqual(["intended", "done"]);
    await expect(tx.run(operation, {}, { name: "make" })).rejects.toMatchObject(lost);
    expect(await tx.rollback("no")).toMatchObject({ outcome: "rolled-back" });
    expect(undoneWith).toEqual([undefined]);
  });

  test("refuses an operation that a recovering process would not know", async () => {
    const { journal } = await scene();
    const tx = await journal.begin("work");
    await expect(tx.run(cloud().create, { key: "a" })).rejects.toMatchObject({ code: "ERR_JOURNAL_OPERATION" });
  });

  test("has an idempotency key of its own, that fits AWS's client tokens", async () => {
    const keys: string[] = [];
    const { journal, operation } = await withOperation({
      apply: (_, { idempotencyKey }) => void keys.push(idempotencyKey),
    });
    const tx = await journal.begin("work");
    await tx.run(operation, {});
    await tx.run(operation, {});
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[a-z2-7]{52}$/);
  });
});

describe("a transaction", () => {
  test("is rolled back when its scope ends without commit", async () => {
    const { journal, cloud } = await scene();
    {
      await using tx = await journal.begin("work");
      await tx.run(cloud.create, { key: "a" });
    }
    expect(cloud.calls).toEqual(["create a", "delete a"]);
  });

  test("is left alone when its scope ends after commit", async () => {
    const { journal, cloud } = await scene();
    {
      await using tx = await journal.begin("work");
      await tx.run(cloud.create, { key: "a" });
      await tx.commit();
    }
    expect([...cloud.resources]).toEqual(["a"]);
  });

  test("takes nothing more once it is committed", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("work");
    await tx.commit();
    await expect(tx.run(cloud.create, { key: "a" })).rejects.toMatchObject({ code: "ERR_JOURNAL_STATE" });
    await expect(tx.rollback("too late")).rejects.toMatchObject({ code: "ERR_JOURNAL_STATE" });
    expect(cloud.calls).toEqual([]);
  });

  test("takes nothing more once its journal is closed, and stays open for whoever recovers", async () => {
    const { journal, cloud, store } = await scene();
    const tx = await journal.begin("work");
    await tx.run(cloud.create, { key: "a" });
    await journal.close();
    const closed = { code: "ERR_JOURNAL_CLOSED", message: "The journal is closed: open it again" };
    await expect(tx.run(cloud.create, { key: "b" })).rejects.toMatchObject(closed);
    await expect(tx.commit()).rejects.toMatchObject(closed);
    await expect(tx.rollback("late")).rejects.toMatchObject(closed);
    await tx[Symbol.asyncDispose]();
    expect([...cloud.resources.keys()]).toEqual(["a"]);
    expect(await recordTypes(store, tx.id)).toEqual(["BEGIN+INTENT", "DONE"]);
  });

  test("says of an operation that it is not there, or there as another object", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("work");
    const other = defineOperation({
      name: "other",
      version: 1,
      class: "none-needed",
      apply: (_: { key: string }) => {},
    });
    const copy = { ...cloud.create };
    const input = { key: "a" };
    await expect(tx.run(other, input)).rejects.toThrow(
      "other@1 is not there: a process that recovers could not undo it",
    );
    await expect(tx.run(copy, input)).rejects.toThrow("@1 is there as another object than this one: define it once");
  });

  test("cannot be committed while a step runs", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("work");
    const step = tx.run(cloud.create, { key: "a" });
    await expect(tx.commit()).rejects.toThrow("1 of its steps is still running: await every run() first");
    await step;
    await tx.commit();
  });

  test("aborts what runs when it is rolled back, and undoes it if it took effect", async () => {
    const { journal, cloud, clock } = await scene();
    cloud.faults.set("create a", ["hangs"]);
    const tx = await journal.begin("work");
    const step = tx.run(cloud.create, { key: "a" });
    await settled();
    const rollback = tx.rollback("changed my mind");
    await expect(step).rejects.toThrow("it is being rolled back: changed my mind");
    cloud.resources.add("a"); // the request was on its way
    await clock.advance(1_100);
    await expect(rollback).resolves.toMatchObject({ outcome: "rolled-back" });
    expect(cloud.calls).toEqual(["create a", "look a", "delete a"]);
  });

  test("starts nothing more once another process has taken it over", async () => {
    const { journal, cloud, store, clock } = await scene();
    const tx = await journal.begin("work");
    await tx.run(cloud.create, { key: "a" });
    await clock.advance(5);
    const other = await openJournal({ store, operations: [cloud.create], clock });
    await other.rollback(tx.id, { force: true });
    await expect(tx.run(cloud.create, { key: "b" })).rejects.toMatchObject({ code: "ERR_JOURNAL_FENCED" });
    await expect(tx.commit()).rejects.toMatchObject({ code: "ERR_JOURNAL_FENCED" });
    expect(cloud.calls).toEqual(["create a", "delete a"]);
  });

  test("groups parallel steps, and parts a group where another step comes between", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("work");
    const group = tx.group();
    await Promise.all(["a", "b"].map((key) => group.run(cloud.create, { key })));
    await tx.run(cloud.create, { key: "c" });
    await group.run(cloud.create, { key: "d" });
    const { steps } = await flushed(tx.id);
    expect(steps.map(({ group }) => group)).toEqual([1, 1, 2, 3]);
    async function flushed(id: string) {
      await tx.commit();
      return journal.show(id);
    }
  });

  test("keeps checkpoints, completed steps and what is missing", async () => {
    const { journal, cloud } = await scene();
    const tx = await journal.begin("backup", { plan: ["users", "groups"] });
    await tx.run(cloud.create, { key: "u" }, { name: "users" });
    await tx.checkpoint("cursor", { page: 3 });
    expect(tx.checkpoints.get("cursor")).toEqual({ page: 3 });
    expect(tx.completed).toMatchObject([{ step: 1, name: "users", output: { id: "id of u" } }]);
    expect(tx.missing).toEqual(["groups"]);
  });

  test("tells its progress, with an estimate when the number of steps is known", async () => {
    const { journal, cloud, clock } = await scene();
    const progress = vi.fn();
    journal.onProgress(progress);
    const tx = await journal.begin("work", { expectedSteps: 4 });
    await clock.advance(10);
    await tx.run(cloud.create, { key: "a" });
    expect(progress).toHaveBeenCalledWith(
      expect.objectContaining({ phase: "forward", done: 1, total: 4, remainingMs: 30 }),
    );
  });

  test("tells of its steps, and a listener that throws changes nothing", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { journal, cloud } = await scene();
    const seen: string[] = [];
    journal.onStep(({ change, step, operation }) => seen.push(`${operation} ${step} ${change}`));
    journal.onTransaction(({ change }) => seen.push(change));
    journal.onStep(() => {
      throw new Error("a listener's own trouble");
    });
    await using tx = await journal.begin("work");
    await tx.run(cloud.create, { key: "a" });
    await tx.commit();
    expect(seen).toEqual(["begun", "create 1 intended", "create 1 done", "committed"]);
    vi.restoreAllMocks();
  });
});

describe("secrets", () => {
  test("what is given as unrecorded reaches `apply`, and nothing else", async () => {
    const { journal, store, operation, received } = await withOperation({});
    const tx = await journal.begin("work");
    await tx.run(operation, { name: "db" }, { unrecorded: { value: "hunter2" } });
    await tx.commit();
    expect(received).toEqual([{ value: "hunter2" }]);
    expect(JSON.stringify(await store.read(tx.id))).not.toContain("hunter2");
  });

  test("sensitive fields are encrypted, can be undone with, and their key is destroyed at the end", async () => {
    const undoneWith: unknown[] = [];
    const { journal, store, operation } = await withOperation({
      sensitive: ["input.password", "output.token"],
      apply: () => ({ token: "t0ken", id: 7 }),
      compensate: (input, { output }) => void undoneWith.push(input, output),
    });
    const tx = await journal.begin("work");
    await expect(tx.run(operation, { user: "ann", password: "hunter2" })).resolves.toEqual({ token: "t0ken", id: 7 });
    expect(await store.readKey(tx.id)).toHaveLength(32);
    await tx.rollback("no");
    expect(undoneWith).toEqual([
      { user: "ann", password: "hunter2" },
      { token: "t0ken", id: 7 },
    ]);
    const text = JSON.stringify(await store.read(tx.id));
    expect(text).toContain("ann");
    expect(text).not.toMatch(/hunter2|t0ken/);
    expect(await store.readKey(tx.id)).toBeUndefined();
    expect((await recordTypes(store, tx.id)).at(-1)).toBe("UNDONE+ROLLED_BACK+ERASED");
  });
});

test("TypeScript refuses an operation that does not declare its class, or whose class and handlers disagree", () => {
  const apply = (_: { readonly key: string }) => {};
  // @ts-expect-error no class
  expect(() => defineOperation({ name: "x", version: 1, apply })).toThrow("Expected `class`");
  // @ts-expect-error undoable, and no compensate
  expect(() => defineOperation({ name: "x", version: 1, class: "undoable", apply })).toThrow("Expected `compensate`");
  const irreversible = { name: "x", version: 1, class: "irreversible", apply, compensate: () => {} } as const;
  // @ts-expect-error irreversible, and a compensate that would never be called
  expect(() => defineOperation(irreversible)).toThrow('left out: a step of class "irreversible" is not undone');
  const operation = defineOperation({ name: "x", version: 1, class: "irreversible", apply });
  expectTypeOf(operation.apply).parameter(0).toEqualTypeOf<{ readonly key: string }>();
});

interface AnyInput {
  readonly [name: string]: unknown;
}

async function withOperation(rest: Partial<Parameters<typeof defineOperation<AnyInput, unknown, unknown>>[0]>) {
  const received: unknown[] = [];
  const operation = defineOperation<AnyInput, unknown, unknown>({
    name: "do",
    version: 1,
    class: "undoable",
    apply: (_, { unrecorded }) => void received.push(unrecorded),
    compensate: () => {},
    ...rest,
  } as Parameters<typeof defineOperation<AnyInput, unknown, unknown>>[0]);
  const store = memoryStore();
  const journal = await openJournal({ store, operations: [operation], clock: manualClock() });
  return { store, journal, operation, received };
}

/** A memory store whose appends wait until released. */
function heldStore(): { readonly store: JournalStore; readonly release: () => void } {
  const store = memoryStore();
  const append = store.append.bind(store);
  const { promise, resolve } = Promise.withResolvers<void>();
  store.append = async (request: AppendRequest) => {
    await promise;
    return append(request);
  };
  return { store, release: resolve };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
