import { manualClock } from "@holdfast/errors/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PoolSaturatedError } from "./pool-saturated-error.ts";
import { SocketGate } from "./socket-gate.ts";

function gateOf({ maxSockets = 2, maxQueued = 10 } = {}) {
  const clock = manualClock();
  return { clock, gate: new SocketGate({ endpoint: "http://127.0.0.1:1", maxSockets, maxQueued, clock }) };
}

test("admits up to maxSockets without waiting, then in order", async () => {
  const { gate } = gateOf();
  const order: number[] = [];
  expect(gate.enter("data", 1_000, undefined)).toBeUndefined();
  expect(gate.enter("data", 1_000, undefined)).toBeUndefined();
  const third = gate.enter("data", 1_000, undefined)?.then(() => order.push(3));
  const fourth = gate.enter("data", 1_000, undefined)?.then(() => order.push(4));
  expect([gate.used, gate.waiting("data")]).toEqual([2, 2]);
  gate.leave();
  gate.leave();
  await Promise.all([third, fourth]);
  expect(order).toEqual([3, 4]);
  expect([gate.used, gate.waiting("data")]).toEqual([2, 0]);
});

test("tiers take turns: a long queue of one does not hold back the other", async () => {
  const { gate } = gateOf({ maxSockets: 1 });
  const order: string[] = [];
  gate.enter("ai", 1_000, undefined);
  const waits = ["ai", "ai", "ai", "data"].map((tier) =>
    gate.enter(tier, 1_000, undefined)?.then(() => order.push(tier)),
  );
  for (const _ of waits) {
    gate.leave();
    await Promise.resolve();
  }
  await Promise.all(waits);
  expect(order).toEqual(["ai", "data", "ai", "ai"]);
});

test("an abort leaves the queue at once, with its reason, and frees its place in line", async () => {
  const { gate, clock } = gateOf({ maxSockets: 1 });
  gate.enter("data", 1_000, undefined);
  const aborter = new AbortController();
  const aborted = gate.enter("data", 1_000, aborter.signal);
  const next = gate.enter("data", 1_000, undefined);
  aborter.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  expect(gate.waiting("data")).toBe(1);
  gate.leave();
  await next;
  expect([gate.used, clock.pending]).toEqual([1, 0]);
  await expect(gate.enter("data", 1_000, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
});

test("a wait that is too long is saturation, one millisecond after it was not", async () => {
  const { gate, clock } = gateOf({ maxSockets: 1 });
  gate.enter("data", 1_000, undefined);
  const waiting = gate.enter("data", 1_000, undefined);
  const outcome = waiting?.catch((error: unknown) => error);
  await clock.advance(999);
  expect(gate.waiting("data")).toBe(1);
  await clock.advance(1);
  const error = await outcome;
  expect(error).toBeInstanceOf(PoolSaturatedError);
  expect(error).toMatchObject({
    code: "ERR_POOL_SATURATED",
    endpoint: "http://127.0.0.1:1",
    tier: "data",
    maxSockets: 1,
    waiting: 1,
    waitedMs: 1_000,
  });
  expect(gate.waiting("data")).toBe(0);
});

test("a full queue refuses at once, and only its own tier", async () => {
  const { gate } = gateOf({ maxSockets: 1, maxQueued: 1 });
  gate.enter("data", 1_000, undefined);
  const waiting = gate.enter("data", 1_000, undefined);
  await expect(gate.enter("data", 1_000, undefined)).rejects.toMatchObject({ code: "ERR_POOL_SATURATED", waitedMs: 0 });
  const other = gate.enter("ai", 1_000, undefined);
  gate.leave();
  gate.leave();
  await Promise.all([waiting, other]);
});

test("whatever happens in whatever order, no more than maxSockets are in, and none is lost", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("enter" as const), tier: fc.constantFrom("a", "b") }),
    fc.record({ kind: fc.constant("leave" as const) }),
    fc.record({ kind: fc.constant("abort" as const), index: fc.nat(20) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 60 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), async (maxSockets, steps) => {
      const { gate, clock } = gateOf({ maxSockets, maxQueued: 5 });
      const aborters: AbortController[] = [];
      let inside = 0;
      for (const next of steps) {
        if (next.kind === "enter") {
          const aborter = new AbortController();
          aborters.push(aborter);
          const entered = gate.enter(next.tier, 50, aborter.signal);
          if (entered === undefined) inside += 1;
          else
            entered.then(
              () => (inside += 1),
              () => {},
            );
        } else if (next.kind === "leave" && inside > 0) {
          inside -= 1;
          gate.leave();
        } else if (next.kind === "abort") aborters[next.index]?.abort();
        else if (next.kind === "wait") await clock.advance(next.ms);
        await Promise.resolve();
        await Promise.resolve();
        expect(gate.used).toBeLessThanOrEqual(maxSockets);
        expect(gate.used).toBe(inside);
      }
      await clock.advance(50);
      expect([gate.waiting("a"), gate.waiting("b"), clock.pending]).toEqual([0, 0, 0]);
    }),
    { seed: 1, numRuns: 200 },
  );
});
