import { manualClock } from "@holdfast/errors/testing";
import { expect, test } from "vitest";
import { cloud, refused } from "../../crash/cloud.ts";
import { memoryStore } from "../memory-store.ts";
import { openJournal } from "../open-journal.ts";
import { planFor, planStep, type RecoveryPlan, runPlan } from "./recovery-plan.ts";

const leaseMs = 3_000;

function scene() {
  const clock = manualClock();
  const store = memoryStore();
  const given = cloud();
  const plan: RecoveryPlan = {
    name: "recreate",
    description: "make what the deployment lacks",
    when: ({ kind }) => kind === "not-found",
    steps: ["bucket", "queue"].map((key) => planStep(key, given.create, { key })),
  };
  const open = (own = clock) =>
    openJournal({ store, operations: [given.create], clock: own, leaseMs, settleMarginMs: 0 });
  return { clock, cloud: given, plan, open };
}

test("the first plan whose condition holds is for an error", () => {
  const { plan } = scene();
  const other: RecoveryPlan = { ...plan, name: "other", when: ({ kind }) => kind === "throttling" };
  expect(planFor([other, plan], refused("ResourceNotFoundException"))?.name).toBe("recreate");
  expect(planFor([other, plan], new Error("anything"))).toBeUndefined();
});

test("a plan is done once for a key, however often it is run", async () => {
  const { plan, cloud, open } = scene();
  const journal = await open();
  expect(await runPlan(journal, plan, { key: "deployment 1" })).toMatchObject({ outcome: "done" });
  expect(await runPlan(journal, plan, { key: "deployment 1" })).toMatchObject({ outcome: "done-before" });
  expect(cloud.calls).toEqual(["create bucket", "create queue"]);
  expect(await runPlan(journal, plan, { key: "deployment 2" })).toMatchObject({ outcome: "done" });
});

test("a plan that fails is undone, says why, and can be tried again", async () => {
  const { plan, cloud, open } = scene();
  cloud.faults.set("create queue", ["refused"]);
  const journal = await open();
  expect(await runPlan(journal, plan, { key: "1" })).toMatchObject({
    outcome: "rolled-back",
    error: { name: "ValidationException" },
  });
  expect([...cloud.resources]).toEqual([]);
  expect(await runPlan(journal, plan, { key: "1" })).toMatchObject({ outcome: "done" });
  expect([...cloud.resources]).toEqual(["bucket", "queue"]);
});

test("a plan whose process died is gone on with from its last finished action", async () => {
  const { plan, cloud, open, clock } = scene();
  const own = manualClock();
  const dying = await open(own);
  const tx = await dying.begin(plan.description, { job: "plan:recreate:1", plan: ["bucket", "queue"] });
  await plan.steps[0]!.run(tx);
  await own.advance(5);
  const running = runPlan(await open(), plan, { key: "1" });
  await clock.advance(leaseMs * 2);
  expect(await running).toMatchObject({ outcome: "done", transaction: tx.id });
  expect(cloud.calls).toEqual(["create bucket", "create queue"]);
});

test("a plan that another process runs is left to it", async () => {
  const { plan, open, clock } = scene();
  const other = await open();
  const tx = await other.begin(plan.description, { job: "plan:recreate:1" });
  await plan.steps[0]!.run(tx);
  const running = runPlan(await open(), plan, { key: "1" });
  await clock.advance(leaseMs);
  expect(await running).toMatchObject({ outcome: "owned", transaction: tx.id });
  await tx.commit();
});
