import { CallContext, Emitter } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { expect, test, vi } from "vitest";
import type { Limit, Wish } from "./limit.ts";
import type { RejectEvent } from "./limiter-events.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** Lets in as many as the test says, and numbers them. */
class Turnstile implements Limit {
  readonly perSecond = undefined;
  readonly ended = vi.fn();
  inFlight = 0;
  free = 0;
  holding = false;
  #number = 0;

  admit(): number {
    if (this.free === 0) return 0;
    this.free -= 1;
    this.#number += 1;
    return this.#number;
  }

  readyInMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  holdsBack(): boolean {
    return this.holding;
  }

  end(...how: unknown[]): void {
    this.ended(...how);
  }
}

function room({
  maxQueued = 1_000,
  maxWaitMs = Number.POSITIVE_INFINITY,
  foretellMs = undefined as number | undefined,
} = {}) {
  const clock = manualClock();
  const refused = vi.fn();
  const rejections = new Emitter<RejectEvent>();
  rejections.event(({ reason }) => refused(reason));
  const limit = new Turnstile();
  if (foretellMs !== undefined) Object.assign(limit, { foretells: true, readyInMs: () => foretellMs });
  const waiting = new WaitingRoom(limit, { name: "room", maxQueued, maxWaitMs, clock }, rejections);
  const letIn = (count = 1) => {
    limit.free = count;
    waiting.pump();
  };
  const size = () => waiting.snapshot().waiting;
  return { clock, limit, waiting, refused, letIn, size };
}

const anyone = () => CallContext.root();
const wish = (priority = 0, cost = 1): Wish => ({ priority, cost });

test("tells the one it lets in its number, when it was, and how long it waited", async () => {
  const { clock, waiting, letIn } = room();
  const turn = waiting.enter(anyone(), wish());
  await clock.advance(30);
  expect(waiting.snapshot()).toEqual({ perSecond: undefined, inFlight: 0, waiting: 1, longestWaitMs: 30 });
  letIn();
  await expect(turn).resolves.toEqual({ number: 1, at: 30, waitedMs: 30, wish: wish() });
  expect(waiting.idle).toBe(true);
});

test("lets a call in at once where it may go, and not before those who wait", async () => {
  const { limit, waiting, letIn } = room();
  expect(waiting.admitNow(wish())).toBeUndefined();
  const turn = waiting.enter(anyone(), wish());
  limit.free = 2;
  expect(waiting.admitNow(wish())).toBeUndefined();
  letIn(2);
  expect((await turn).number).toBe(1);
  expect(waiting.admitNow(wish())).toEqual({ number: 2, at: 0, waitedMs: 0, wish: wish() });
});

test("lets in the highest priority first, and the lowest where the limit holds it back", async () => {
  const { limit, waiting, letIn } = room();
  const order: string[] = [];
  for (const [name, priority] of [
    ["first", 0],
    ["retry", 1],
    ["second", 0],
    ["third", 0],
  ] as const) {
    void waiting.enter(anyone(), wish(priority)).then(() => order.push(name));
  }
  limit.holding = true;
  letIn();
  limit.holding = false;
  letIn(3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(["first", "retry", "second", "third"]);
});

test("any number of different priorities may pass through, whoever comes when", async () => {
  const { waiting, letIn, size } = room();
  const order: number[] = [];
  for (let index = 0; index < 500; index += 1) {
    const priority = (index * 7_919) % 500;
    void waiting.enter(anyone(), wish(priority)).then(() => order.push(priority));
  }
  letIn(500);
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(Array.from({ length: 500 }, (_, index) => 499 - index));
  expect(size()).toBe(0);
});

test("foretells by what all that wait cost together", () => {
  const { limit, waiting, letIn } = room();
  Object.assign(limit, { foretells: true, readyInMs: (_now: number, { cost }: Wish) => cost });
  for (const cost of [0.1, 0.2, 2]) void waiting.enter(anyone(), wish(0, cost));
  expect(waiting.foretellMs(wish(0, 1))).toBeCloseTo(3.3);
  letIn(3);
  expect(waiting.foretellMs(wish(0, 1))).toBe(1); // sums of fractions left nothing behind
});

test("turns away by wait and by deadline with one timer, the sooner first", async () => {
  const { clock, waiting, refused, size } = room({ maxWaitMs: 100 });
  const fates: string[] = [];
  const note = (name: string, turn: Promise<unknown>) =>
    turn.catch((error: Error & { reason: string }) => fates.push(`${name}: ${error.reason} at ${clock.monotonic()}`));
  void note("patient", waiting.enter(anyone(), wish()));
  void note("hurried", waiting.enter(CallContext.root({ deadline: clock.now() + 40 }), wish()));
  expect(clock.pending).toBe(1);
  await clock.advance(39);
  expect(fates).toEqual([]);
  await clock.advance(161);
  expect(fates).toEqual(["hurried: deadline at 40", "patient: waited-too-long at 100"]);
  expect(refused.mock.calls).toEqual([["deadline"], ["waited-too-long"]]);
  expect([size(), clock.pending]).toEqual([0, 0]);
});

test("whoever may wait no longer is not let in late, though the timer is late too", async () => {
  const { clock, limit, waiting } = room({ maxWaitMs: 100 });
  let now = 0;
  Object.assign(clock, { monotonic: () => now });
  const turns = [waiting.enter(anyone(), wish())];
  now = 1;
  turns.push(waiting.enter(anyone(), wish()));
  now = 100; // no timer has fired
  limit.free = 2;
  waiting.pump();
  await expect(turns[0]).rejects.toMatchObject({ reason: "waited-too-long", waitedMs: 100 });
  await expect(turns[1]).resolves.toMatchObject({ waitedMs: 99 });
});

test("refuses a call that comes after its deadline at once", () => {
  const { clock, waiting, size } = room();
  expect(() => waiting.enter(CallContext.root({ deadline: clock.now() - 1 }), wish())).toThrow("deadline");
  expect(size()).toBe(0);
});

test("sets no timer that is too long for one", async () => {
  const { clock, waiting, size } = room();
  const setTimeout = vi.spyOn(clock, "setTimeout");
  const days = 86_400_000;
  const turn = waiting.enter(CallContext.root({ deadline: clock.now() + 100 * days }), wish());
  const fate = turn.catch((error: Error & { reason: string }) => `${error.reason} at ${clock.monotonic() / days}`);
  await clock.advance(100 * days - 1);
  expect(size()).toBe(1);
  await clock.advance(1);
  expect(await fate).toBe("deadline at 100");
  expect(Math.max(...setTimeout.mock.calls.map(([, delayMs]) => delayMs))).toBeLessThan(2 ** 31);
});

test("a wait foretold is refused at once if it is too long, and never ended later", async () => {
  const { clock, waiting, letIn } = room({ maxWaitMs: 100, foretellMs: 60 });
  const by = (ms: number) => CallContext.root({ deadline: clock.now() + ms });
  expect(() => waiting.enter(by(59), wish())).toThrow("deadline");
  const turn = waiting.enter(by(60), wish());
  await clock.advance(1_000);
  letIn();
  await expect(turn).resolves.toMatchObject({ waitedMs: 1_000 });
});

test("a call that is given up leaves at once, and its listener with it", async () => {
  const { waiting, size } = room();
  const context = CallContext.root().cancellable();
  const turn = waiting.enter(context, wish());
  context.cancel(new Error("given up"));
  await expect(turn).rejects.toThrow("given up");
  expect(size()).toBe(0);
  expect(() => waiting.enter(context, wish())).toThrow("given up");
});

test("a call that is given up after it was let in has left already: the wait of others is foretold as before", () => {
  const { limit, waiting, letIn } = room();
  Object.assign(limit, { foretells: true, readyInMs: (_now: number, { cost }: Wish) => cost });
  const context = CallContext.root().cancellable();
  void waiting.enter(context, wish(0, 3));
  void waiting.enter(anyone(), wish(0, 2));
  letIn();
  context.cancel(new Error("too late"));
  expect(waiting.foretellMs(wish(0, 1))).toBe(3);
});

test("refuses where the queue is full, and says how many wait", () => {
  const { waiting, refused } = room({ maxQueued: 1 });
  void waiting.enter(anyone(), wish());
  expect(() => waiting.enter(anyone(), wish())).toThrow(
    'Limiter "room" refused the call: queue-full (1 waiting, this one for 0 ms)',
  );
  expect(refused).toHaveBeenCalledExactlyOnceWith("queue-full");
});

test("hands on what became of a call, says how long it took, and lets the next in", async () => {
  const { clock, limit, waiting } = room();
  const turn = waiting.enter(anyone(), wish());
  limit.free = 1;
  const ended = { number: 7, at: 1, waitedMs: 0, wish: wish() };
  await clock.advance(3);
  expect(waiting.end("throttled", ended)).toBe(2);
  expect(limit.ended).toHaveBeenCalledExactlyOnceWith("throttled", ended, 3);
  await expect(turn).resolves.toMatchObject({ number: 1 });
});
