import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { expect, test, vi } from "vitest";
import { WaitingRoom } from "./waiting-room.ts";

function room({ maxQueued = 1_000, maxWaitMs = Number.POSITIVE_INFINITY } = {}) {
  const clock = manualClock();
  const refused = vi.fn();
  const left = vi.fn();
  const waiting = new WaitingRoom({ name: "room", maxQueued, maxWaitMs, clock, onRefuse: refused, onLeave: left });
  return { clock, waiting, refused, left };
}

const anyone = () => CallContext.root();

test("tells the one it lets in its number, when it was, and how long it waited", async () => {
  const { clock, waiting } = room();
  const turn = waiting.enter(anyone());
  await clock.advance(30);
  waiting.admitFirst(7);
  await expect(turn).resolves.toEqual({ number: 7, at: 30, waitedMs: 30 });
  expect(waiting.size).toBe(0);
});

test("lets nobody in where nobody waits", () => {
  const { waiting } = room();
  waiting.admitFirst();
  waiting.admitLowest(1);
  expect(waiting.first).toBeUndefined();
});

test("can let in the one of the lowest priority that came first", async () => {
  const { waiting } = room();
  const order: string[] = [];
  for (const [name, priority] of [
    ["retry", 1],
    ["first", 0],
    ["second", 0],
  ] as const) {
    void waiting.enter(anyone(), { priority }).then(() => order.push(name));
  }
  waiting.admitLowest(1);
  waiting.admitFirst(2);
  waiting.admitFirst(3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(["first", "retry", "second"]);
});

test("any number of different priorities may pass through", async () => {
  const { waiting } = room();
  for (let priority = 0; priority < 500; priority += 1) {
    const turn = waiting.enter(anyone(), { priority });
    waiting.admitFirst(priority);
    await expect(turn).resolves.toMatchObject({ number: priority });
  }
  const low = waiting.enter(anyone(), { priority: -1 });
  const high = waiting.enter(anyone(), { priority: 3 });
  waiting.admitFirst(1);
  waiting.admitFirst(2);
  expect((await high).number).toBe(1);
  expect((await low).number).toBe(2);
});

test("keeps count of what all that wait cost together", () => {
  const { waiting } = room();
  for (const cost of [0.1, 0.2, 2]) waiting.enter(anyone(), { cost }).catch(() => {});
  expect(waiting.cost).toBeCloseTo(2.3);
  expect(waiting.first?.cost).toBe(0.1);
  for (const _ of [1, 2, 3]) waiting.admitFirst();
  expect(waiting.cost).toBe(0);
});

test("turns away by wait and by deadline with one timer, the sooner first", async () => {
  const { clock, waiting, refused, left } = room({ maxWaitMs: 100 });
  const fates: string[] = [];
  const note = (name: string, turn: Promise<unknown>) =>
    turn.catch((error: Error & { reason: string }) => fates.push(`${name}: ${error.reason} at ${clock.monotonic()}`));
  void note("patient", waiting.enter(anyone()));
  void note("hurried", waiting.enter(CallContext.root({ deadline: clock.now() + 40 })));
  void note("foretold", waiting.enter(CallContext.root({ deadline: clock.now() + 40 }), { neverExpires: true }));
  expect(clock.pending).toBe(1);
  await clock.advance(200);
  expect(fates).toEqual(["hurried: deadline at 40", "patient: waited-too-long at 100"]);
  expect(refused.mock.calls).toEqual([["deadline"], ["waited-too-long"]]);
  expect(left).toHaveBeenCalledTimes(2);
  expect(waiting.size).toBe(1);
  expect(clock.pending).toBe(0);
});

test("a call that is given up leaves at once, and its listener with it", async () => {
  const { waiting, left } = room();
  const context = CallContext.root().cancellable();
  const turn = waiting.enter(context);
  context.cancel(new Error("given up"));
  await expect(turn).rejects.toThrow("given up");
  expect(waiting.size).toBe(0);
  expect(left).toHaveBeenCalledTimes(1);
  await expect(waiting.enter(context)).rejects.toThrow("given up");
});
