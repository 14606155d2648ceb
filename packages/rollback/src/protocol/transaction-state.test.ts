import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IntentRecord, JournalRecord } from "./record.ts";
import { isClosed } from "./step-state.ts";
import { TransactionState } from "./transaction-state.ts";
import { undoPlan } from "./undo-plan.ts";

const at = 0;
const begin: JournalRecord = { type: "BEGIN", at, description: "work", owner: "me", epoch: 1 };
const rollback: JournalRecord = { type: "ROLLBACK", at, reason: "failed", who: "me", epoch: 1 };
const done = (step: number): JournalRecord => ({ type: "DONE", at, step });
const undoStart = (step: number, attempt = 1): JournalRecord => ({ type: "UNDO_START", at, step, attempt });
const undone = (step: number): JournalRecord => ({ type: "UNDONE", at, step, evidence: "" });
const probed = (step: number, result: "applied" | "absent" | "unknown"): JournalRecord => ({
  type: "PROBED",
  at,
  step,
  result,
  evidence: "",
});
const parked = (step: number): JournalRecord => ({ type: "PARKED", at, step, reason: "undo-failed" });
const parkedAll: JournalRecord = { type: "PARKED", at, reason: "steps-parked" };
const rolledBack = (partial = false): JournalRecord => ({ type: "ROLLED_BACK", at, partial });
const intent = (step: number, rest: Partial<IntentRecord> = {}): JournalRecord => ({
  type: "INTENT",
  at,
  step,
  operation: "create",
  version: 1,
  class: "undoable",
  idempotencyKey: `key ${step}`,
  group: step,
  deadlineMs: 1_000,
  ...rest,
});

function after(...records: readonly JournalRecord[]): TransactionState {
  const state = new TransactionState("tx");
  for (const record of records) state.apply(record);
  return state;
}

describe("forward", () => {
  test("W2: cannot commit while a step is unknown", () => {
    const state = after(begin, intent(1));
    expect(() => state.apply({ type: "COMMIT", at })).toThrow("COMMIT refused: a step is unknown");
    state.apply(done(1));
    state.apply({ type: "COMMIT", at });
    expect(state.status).toBe("committed");
  });

  test.each([
    ["applied", "done"],
    ["absent", "absent"],
  ] as const)("can commit once an unknown step is probed %s", (result, status) => {
    const state = after(begin, intent(1), probed(1, result), { type: "COMMIT", at });
    expect(state.steps[0]?.status).toBe(status);
  });

  test("W3: nothing new is intended once it is rolled back", () => {
    const state = after(begin, intent(1), done(1), rollback);
    expect(() => state.apply(intent(2))).toThrow("INTENT of step 2 refused: it is rolling-back");
    expect(() => state.apply(done(1))).toThrow("it is rolling-back");
  });

  test("step numbers have no gaps, and groups rise with them", () => {
    expect(() => after(begin, intent(2))).toThrow("0 steps were started");
    expect(() => after(begin, intent(1), intent(2, { group: 3 }))).toThrow("the last group is 1");
    expect(() => after(begin, intent(1), intent(2, { group: 0 }))).toThrow("the last group is 1");
  });

  test("a name is taken until its step is proven absent", () => {
    const named = after(begin, intent(1, { name: "users" }));
    expect(() => named.apply(intent(2, { name: "users" }))).toThrow('there is a step "users"');
    named.apply({ type: "FAILED", at, step: 1, error: { name: "Error" } });
    named.apply(intent(2, { name: "users" }));
    expect(named.stepsByName.get("users")?.intent.step).toBe(2);
  });

  test("a takeover raises the epoch by one", () => {
    const state = after(begin);
    expect(() => state.apply({ type: "TAKEOVER", at, epoch: 3, who: "other" })).toThrow("its epoch is 1");
    state.apply({ type: "TAKEOVER", at, epoch: 2, who: "other" });
    expect(state).toMatchObject({ epoch: 2, owner: "other", status: "active" });
  });
});

describe("rollback", () => {
  const two = [begin, intent(1), done(1), intent(2), done(2), rollback] as const;

  test("W4: the later step is undone first", () => {
    const state = after(...two);
    expect(() => state.apply(undoStart(1))).toThrow("UNDO_START of step 1 refused: later steps must be undone first");
    for (const record of [undoStart(2), undone(2), undoStart(1), undone(1), rolledBack()]) state.apply(record);
    expect(state.status).toBe("rolled-back");
  });

  test("W5: an undo is announced before it is made, and each attempt counts", () => {
    const state = after(...two);
    expect(() => state.apply(undone(2))).toThrow("UNDONE of step 2 refused: it is done");
    state.apply(undoStart(2));
    expect(() => state.apply(undoStart(2))).toThrow("1 attempts were made");
    state.apply(undoStart(2, 2)); // the process died in the first
    expect(state.steps[1]?.undoAttempts).toBe(2);
  });

  test("an unknown step is probed before it is undone", () => {
    const state = after(begin, intent(1), rollback);
    expect(() => state.apply(undoStart(1))).toThrow("it was not probed");
    state.apply(probed(1, "unknown"));
    state.apply(undoStart(1));
    expect(state.steps[0]?.status).toBe("undoing");
  });

  test.each(["pivot", "irreversible", "none-needed"] as const)(
    "a step of class %s is never undone",
    (operationClass) => {
      const state = after(begin, intent(1, { class: operationClass }), done(1), rollback);
      expect(() => state.apply(undoStart(1))).toThrow(`its class is ${operationClass}`);
    },
  );

  test("is over only when every step is closed", () => {
    const state = after(...two, undoStart(2), undone(2));
    expect(() => state.apply(rolledBack())).toThrow("step 1 is done");
  });

  test("W6: nothing follows the end but the destruction of the key", () => {
    const state = after(begin, rollback, rolledBack());
    expect(() => state.apply(begin)).toThrow("it is rolled-back, which is final");
    expect(() => state.apply({ type: "TAKEOVER", at, epoch: 2, who: "x" })).toThrow("which is final");
    state.apply({ type: "ERASED", at });
    expect(state.erased).toBe(true);
    expect(() => after(begin).apply({ type: "ERASED", at })).toThrow("it is active");
  });
});

describe("parked steps", () => {
  test("hold up what they depend on, and nothing else", () => {
    const steps = [intent(1), done(1), intent(2), done(2), intent(3, { dependsOn: [1] }), done(3)];
    const state = after(begin, ...steps, rollback, undoStart(3), parked(3));
    const plan = undoPlan(state.steps);
    expect(plan.ready.map(({ intent }) => intent.step)).toEqual([2]);
    expect(plan.waiting.map(({ intent }) => intent.step)).toEqual([3]);
    state.apply(undoStart(2));
    state.apply(undone(2));
    expect(undoPlan(state.steps).ready).toEqual([]);
    expect(() => state.apply(undoStart(1))).toThrow("later steps must be undone first");
  });

  const stuck = [begin, intent(1), done(1), rollback, undoStart(1), parked(1), parkedAll] as const;

  test("`retry` opens one again and forgives its attempts", () => {
    const state = after(...stuck, {
      type: "DECISION",
      at,
      step: 1,
      who: "ann",
      decision: "retry",
      why: "rights were given",
    });
    expect(state.status).toBe("rolling-back");
    expect(state.steps[0]).toMatchObject({ status: "done", undoAttempts: 1, forgivenAttempts: 1 });
    state.apply(undoStart(1, 2));
  });

  test.each(["skip", "resolved"] as const)("`%s` closes one, and the decision is kept", (decision) => {
    const state = after(
      ...stuck,
      { type: "DECISION", at, step: 1, who: "ann", decision, why: "gone by hand" },
      rolledBack(true),
    );
    expect(state).toMatchObject({ status: "rolled-back", partial: true });
    expect(state.decisions).toMatchObject([{ who: "ann", why: "gone by hand" }]);
  });

  test("only a parked step can be decided", () => {
    const state = after(begin, intent(1), done(1), intent(2), done(2), rollback, undoStart(2), parked(2), parkedAll);
    expect(() => state.apply({ type: "DECISION", at, step: 1, who: "ann", decision: "skip", why: "" })).toThrow(
      "it is done",
    );
  });
});

test("a plan holds all open steps of the last group that has any, the later first", () => {
  const state = after(
    begin,
    ...[intent(1), done(1)],
    ...[intent(2, { group: 2 }), done(2), intent(3, { group: 2 }), done(3)],
    rollback,
  );
  expect(undoPlan(state.steps).ready.map(({ intent }) => intent.step)).toEqual([3, 2]);
});

test("in whatever order steps are undone, a plan never offers one before a later, independent group", () => {
  const shapes = fc.array(fc.record({ joins: fc.boolean(), parks: fc.boolean(), needsPrevious: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(shapes, fc.infiniteStream(fc.nat()), (steps, choices) => {
      const state = after(begin);
      let group = 0;
      for (const [index, { joins, needsPrevious }] of steps.entries()) {
        if (!joins || index === 0) group += 1;
        const dependsOn = needsPrevious && index > 0 ? [index] : undefined;
        state.apply(intent(index + 1, { group, dependsOn }));
        state.apply(done(index + 1));
      }
      state.apply(rollback);
      for (let { ready } = undoPlan(state.steps); ready.length > 0; { ready } = undoPlan(state.steps)) {
        const step = ready[choices.next().value! % ready.length]!;
        const number = step.intent.step;
        for (const later of state.steps.slice(number)) {
          if (later.intent.group > step.intent.group)
            expect(isClosed(later) || later.status === "parked" || isHeld(state, later.intent.step)).toBe(true);
          if (later.intent.dependsOn?.includes(number)) expect(isClosed(later)).toBe(true);
        }
        state.apply(undoStart(number));
        state.apply(steps[number - 1]!.parks ? parked(number) : undone(number));
      }
      const rest = state.steps.filter((step) => !isClosed(step));
      expect(rest.every((step) => step.status === "parked" || isHeld(state, step.intent.step))).toBe(true);
    }),
  );
});

function isHeld(state: TransactionState, step: number): boolean {
  return state.steps.some((later) => later.intent.dependsOn?.includes(step) && !isClosed(later));
}
