import { type ManualClock, manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { type Cloud, cloud } from "../../crash/cloud.ts";
import type { Journal } from "../journal.ts";
import type { JournalStore } from "../journal-store.ts";
import { memoryStore } from "../memory-store.ts";
import { openJournal } from "../open-journal.ts";
import { type GuidedAnswer, recover } from "./recover.ts";

const leaseMs = 9_000;

/** A process that dies leaves its transactions, and its counter stands still; nothing else of it is left. */
async function dead(
  clock: ManualClock,
  store: JournalStore,
  given: Cloud,
  keys: readonly string[] = ["a", "b"],
): Promise<string> {
  const own = manualClock(); // its timers die with it
  const journal = await openJournal({ store, operations: [given.create], clock: own, leaseMs });
  const tx = await journal.begin(`make ${keys.join(", ")}`);
  for (const key of keys) await tx.run(given.create, { key });
  await own.advance(5);
  expect(clock.monotonic()).toBeGreaterThanOrEqual(0);
  return tx.id;
}

interface Scene {
  readonly clock: ManualClock;
  readonly store: JournalStore;
  readonly cloud: Cloud;
  readonly open: () => Promise<Journal>;
}

function scene(): Scene {
  const clock = manualClock();
  const store = memoryStore();
  const given = cloud();
  return {
    clock,
    store,
    cloud: given,
    open: () => openJournal({ store, operations: [given.create], clock, leaseMs, settleMarginMs: 100 }),
  };
}

describe("recovery", () => {
  test("waits until the owner's counter has stood still for a lease, and then undoes what it left", async () => {
    const { clock, store, cloud, open } = scene();
    const id = await dead(clock, store, cloud);
    const journal = await open();
    const recovery = recover(journal);
    await clock.advance(leaseMs - 1);
    expect(cloud.calls).toEqual(["create a", "create b"]);
    await clock.advance(1_000);
    expect(await recovery).toMatchObject({ transactions: [{ id, outcome: "rolled-back" }] });
    expect(cloud.calls.slice(2)).toEqual(["delete b", "delete a"]);
  });

  test("leaves alone what a living process owns", async () => {
    const { clock, cloud, open } = scene();
    const living = await open();
    await using tx = await living.begin("work");
    await tx.run(cloud.create, { key: "a" });
    const recovery = recover(await open());
    await clock.advance(leaseMs);
    expect(await recovery).toMatchObject({ transactions: [{ outcome: "owned" }] });
    expect([...cloud.resources]).toEqual(["a"]);
    await tx.commit();
  });

  test("takes no living owner over however the wall clock jumps", async () => {
    const { store, cloud } = scene();
    let jump = 0;
    const real = manualClock();
    const jumping = { ...real, now: () => real.now() + jump, advance: real.advance };
    const options = { store, operations: [cloud.create], clock: jumping, leaseMs };
    const living = await openJournal(options);
    const tx = await living.begin("work");
    await tx.run(cloud.create, { key: "a" });
    for (const ms of [3_600_000, -3_600_000, 86_400_000, -86_400_000, 0]) {
      jump = ms;
      const recovery = recover(await openJournal(options));
      await real.advance(leaseMs);
      expect(await recovery).toMatchObject({ transactions: [{ outcome: "owned" }] });
    }
    await tx.commit();
  });

  test("of several processes, one recovers each transaction, and each step is undone once", async () => {
    const { clock, store, cloud, open } = scene();
    const ids = await Promise.all(["a", "b", "c", "d"].map((key) => dead(clock, store, cloud, [key])));
    const recoverers = await Promise.all(Array.from({ length: 4 }, open));
    const reports = Promise.all(recoverers.map((journal) => recover(journal)));
    await clock.advance(leaseMs * 2);
    const outcomes = (await reports).flatMap(({ transactions }) => transactions);
    for (const id of ids) {
      expect(outcomes.filter((each) => each.id === id && each.outcome === "rolled-back")).toHaveLength(1);
    }
    expect(cloud.calls.filter((call) => call.startsWith("delete"))).toHaveLength(4);
  });

  test("does not take from the living what was the dead owner's when it looked", async () => {
    const { clock, store, cloud, open } = scene();
    const id = await dead(clock, store, cloud, ["a"]);
    const faster = await open();
    const slower = await open();
    const first = recover(slower);
    await clock.advance(leaseMs - 1); // it will see the owner dead at the next look
    const observe = store.observe.bind(store);
    let taken: ReturnType<Journal["resume"]> | undefined;
    store.observe = async (owner) => {
      const sight = await observe(owner);
      taken ??= faster.resume(id, { force: true });
      await taken;
      return sight;
    };
    await clock.advance(leaseMs);
    expect(await first).toMatchObject({ transactions: [{ outcome: "owned" }] });
    const tx = await taken!;
    await tx.commit();
    expect([...cloud.resources]).toEqual(["a"]);
  });

  test("W8: looks for an unfinished effect only when its deadline and the margin have passed since the fence", async () => {
    const { clock, store, cloud, open } = scene();
    cloud.faults.set("create a", ["hangs"]);
    const own = manualClock();
    const first = await openJournal({ store, operations: [cloud.create], clock: own, leaseMs });
    const tx = await first.begin("left");
    tx.run(cloud.create, { key: "a" }).catch(() => {});
    await vi.waitUntil(() => cloud.calls.length === 1);
    const journal = await open();
    let fencedAt: number | undefined;
    journal.onTransaction(({ change }) => {
      if (change === "taken-over") fencedAt = clock.monotonic();
    });
    const recovery = recover(journal);
    while (fencedAt === undefined) await clock.advance(100);
    await clock.advance(1_099 - (clock.monotonic() - fencedAt));
    expect(cloud.calls).toEqual(["create a"]);
    await clock.advance(1);
    expect(cloud.calls).toEqual(["create a", "look a"]);
    expect(await recovery).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
  });

  test("is safe to repeat", async () => {
    const { clock, store, cloud, open } = scene();
    await dead(clock, store, cloud);
    const journal = await open();
    const first = recover(journal);
    await clock.advance(leaseMs * 2);
    await first;
    expect(await recover(journal)).toEqual({ transactions: [], problems: [] });
    expect(cloud.calls.filter((call) => call.startsWith("delete"))).toHaveLength(2);
  });

  test("finishes what an earlier try of the same journal gave up half-way", async () => {
    const { clock, store, cloud, open } = scene();
    const id = await dead(clock, store, cloud, ["a", "b"]);
    cloud.faults.set("delete b", ["hangs"]);
    const journal = await open();
    const giveUp = new AbortController();
    const first = recover(journal, { signal: giveUp.signal });
    const givenUp = expect(first).rejects.toThrow("enough");
    await clock.advance(leaseMs + 900);
    expect(cloud.calls.at(-1)).toBe("delete b");
    giveUp.abort(new Error("enough"));
    await clock.advance(1_000); // the hanging undo's own deadline
    await givenUp;
    const second = recover(journal);
    await clock.advance(leaseMs * 2);
    expect(await second).toMatchObject({ transactions: [{ id, outcome: "rolled-back" }] });
    expect([...cloud.resources]).toEqual([]);
  });

  test("goes on with the others when one log is damaged, and names it", async () => {
    const { clock, store, cloud, open } = scene();
    const damagedId = await dead(clock, store, cloud, ["a"]);
    const soundId = await dead(clock, store, cloud, ["b"]);
    const read = store.read.bind(store);
    store.read = async (id, from) =>
      (await read(id, from)).map((entry) =>
        id === damagedId ? { ...entry, body: entry.body.replace('"a"', '"x"') } : entry,
      );
    const recovery = recover(await open());
    await clock.advance(leaseMs * 2);
    const outcomes = (await recovery).transactions.map(({ id, outcome, error }) => [id, outcome, error?.code]);
    expect(outcomes).toHaveLength(2);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        [damagedId, "damaged", "ERR_JOURNAL_DAMAGED"],
        [soundId, "rolled-back", undefined],
      ]),
    );
    expect([...cloud.resources]).toEqual(["a"]);
  });

  test("leaves a log alone that lost its end, although what is left of it chains", async () => {
    const { clock, store, cloud, open } = scene();
    const damagedId = await dead(clock, store, cloud, ["a", "b"]);
    const soundId = await dead(clock, store, cloud, ["c"]);
    const { read, members } = { read: store.read.bind(store), members: store.members.bind(store) };
    const last = (await read(damagedId)).length - 1;
    store.read = async (id, from) =>
      (await read(id, from)).filter(({ position }) => id !== damagedId || position < last);
    store.members = async (first, until) =>
      (await members(first, until)).filter(({ transaction, position }) => transaction !== damagedId || position < last);
    const recovery = recover(await open());
    await clock.advance(leaseMs * 2);
    const { transactions, problems } = await recovery;
    expect(problems).toEqual([{ what: "transaction", id: damagedId, message: `entry ${last} of it is missing` }]);
    expect(Object.fromEntries(transactions.map(({ id, outcome }) => [id, outcome]))).toEqual({
      [damagedId]: "damaged",
      [soundId]: "rolled-back",
    });
    expect([...cloud.resources]).toEqual(["a", "b"]);
  });

  test("leaves all alone when it is not known which are damaged, unless told not to verify", async () => {
    const { clock, store, cloud, open } = scene();
    const ids = [await dead(clock, store, cloud, ["a"]), await dead(clock, store, cloud, ["b"])];
    const commits = store.commits.bind(store);
    store.commits = async (after, limit) =>
      (await commits(after, limit)).map((commit) => (commit.number === 2 ? { ...commit, hash: "0" } : commit));
    const journal = await open();
    const recovery = recover(journal);
    await clock.advance(leaseMs * 2);
    const { transactions, problems } = await recovery;
    expect(problems[0]).toMatchObject({ what: "commit", id: "2" });
    expect(transactions).toMatchObject(
      ids.sort().map((id) => ({ id, outcome: "damaged", error: { code: "ERR_JOURNAL_DAMAGED" } })),
    );
    expect([...cloud.resources]).toEqual(["a", "b"]);

    const unverified = recover(journal, { verify: false });
    await clock.advance(leaseMs * 2);
    expect((await unverified).transactions.map(({ outcome }) => outcome)).toEqual(["rolled-back", "rolled-back"]);
  });
});

describe("strategies", () => {
  test.each([
    ["manual", "manual"],
    ["skip", "skipped"],
  ] as const)("`%s` leaves it open", async (strategy, outcome) => {
    const { clock, store, cloud, open } = scene();
    await dead(clock, store, cloud);
    const notify = vi.fn(() => {
      throw new Error("the pager is down");
    });
    const journal = await open();
    expect(await recover(journal, { strategy, notify })).toMatchObject({ transactions: [{ outcome }] });
    expect(notify).toHaveBeenCalledWith(expect.objectContaining({ outcome }));
    expect(await journal.transactions({ open: true })).toHaveLength(1);
  });

  test("one is chosen per transaction", async () => {
    const { clock, store, cloud, open } = scene();
    await dead(clock, store, cloud, ["a"]);
    await dead(clock, store, cloud, ["b"]);
    const recovery = recover(await open(), {
      strategy: ({ description }) => (description === "make a" ? "skip" : "automatic"),
    });
    await clock.advance(leaseMs * 2);
    expect((await recovery).transactions.map(({ outcome }) => outcome).sort()).toEqual(["rolled-back", "skipped"]);
  });

  test("`guided` asks, and looks again later for an absent effect", async () => {
    const { clock, store, cloud, open } = scene();
    cloud.faults.set("create a", ["request-lost"]);
    await expect(dead(clock, store, cloud, ["a"])).rejects.toThrow("socket hang up");
    const ask = vi.fn(() => "rollback" as const);
    const recovery = recover(await open(), { strategy: "guided", ask, reprobeAfterMs: 300_000 });
    await clock.advance(leaseMs + 2_000);
    expect(ask).toHaveBeenCalledWith(
      expect.objectContaining({ status: "active", steps: [expect.objectContaining({ status: "intended" })] }),
    );
    expect(cloud.calls).toEqual(["create a", "look a"]);
    cloud.resources.add("a"); // a request held up on its way
    await clock.advance(300_000);
    expect(await recovery).toMatchObject({
      transactions: [{ outcome: "rolled-back", report: { undone: [{ step: 1 }] } }],
    });
    expect([...cloud.resources]).toEqual([]);
  });

  test("`guided` can go on with the work instead", async () => {
    const { clock, store, cloud, open } = scene();
    await dead(clock, store, cloud, ["a"]);
    const recovery = recover(await open(), {
      strategy: "guided",
      ask: () => "resume",
      resume: async (tx) => {
        await tx.run(cloud.create, { key: "b" });
        await tx.commit();
      },
    });
    await clock.advance(leaseMs * 2);
    expect(await recovery).toMatchObject({ transactions: [{ outcome: "resumed" }] });
    expect([...cloud.resources]).toEqual(["a", "b"]);
  });

  test("`guided` without `ask` is refused", async () => {
    const { open } = scene();
    await expect(recover(await open(), { strategy: "guided" })).rejects.toThrow("Expected `ask`");
  });

  test.each<readonly [string, string]>([
    ["an answer that there is not", "Leave"],
    ["`resume`, with nothing to resume with", "resume"],
  ])("`guided` undoes nothing on %s", async (_, answer) => {
    const { clock, store, cloud, open } = scene();
    await dead(clock, store, cloud, ["a"]);
    const recovery = recover(await open(), { strategy: "guided", ask: () => answer as GuidedAnswer });
    await clock.advance(leaseMs * 2);
    expect(await recovery).toMatchObject({ transactions: [{ outcome: "failed", error: { name: "OptionError" } }] });
    expect([...cloud.resources]).toEqual(["a"]);
  });
});

describe("resuming", () => {
  test("what is done stays done, what is missing is named, and the work goes on from there", async () => {
    const { clock, store, cloud, open } = scene();
    const own = manualClock();
    const first = await openJournal({ store, operations: [cloud.create], clock: own, leaseMs });
    const begun = await first.begin("backup", { job: "nightly", plan: ["users", "groups", "sets"] });
    await begun.run(cloud.create, { key: "users" }, { name: "users" });
    await begun.checkpoint("cursor", { page: 2 });
    cloud.faults.set("create groups", ["answer-lost"]);
    await expect(begun.run(cloud.create, { key: "groups" }, { name: "groups" })).rejects.toThrow();

    const journal = await open();
    const [found] = await journal.transactions({ job: "nightly", open: true });
    const resuming = journal.resume(found!.id);
    await clock.advance(leaseMs * 2);
    const tx = await resuming;
    expect(tx.missing).toEqual(["sets"]); // "groups" was found by its probe
    expect(tx.checkpoints.get("cursor")).toEqual({ page: 2 });
    for (const name of ["users", "groups", "sets"]) await tx.run(cloud.create, { key: name }, { name });
    await tx.commit();
    expect(cloud.calls.filter((call) => call.startsWith("create"))).toEqual([
      "create users",
      "create groups",
      "create sets",
    ]);
  });

  test("is refused while the owner lives, and once the transaction is final", async () => {
    const { cloud, clock, open } = scene();
    const living = await open();
    const tx = await living.begin("work");
    await tx.run(cloud.create, { key: "a" });
    const other = await open();
    const resuming = other.resume(tx.id);
    const refusal = expect(resuming).rejects.toThrow("its owner is alive");
    await clock.advance(leaseMs);
    await refusal;
    await tx.commit();
    await expect(other.resume(tx.id)).rejects.toThrow("is committed, which is final");
  });
});
