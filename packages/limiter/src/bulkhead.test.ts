import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { BulkheadRejectedError, bulkhead as cockatielBulkhead, handleAll, type IPolicy, retry, wrap } from "cockatiel";
import { describe, expect, test, vi } from "vitest";
import { bulkhead } from "./bulkhead.ts";

/** Calls that stay in flight until they are released, in the order they started. */
function held() {
  const started: string[] = [];
  const release: (() => void)[] = [];
  const call = (name: string) => () => {
    started.push(name);
    return new Promise<string>((resolve) => release.push(() => resolve(name)));
  };
  return { started, call, release: () => release.shift()!() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("runs no more calls at once than it may, and the rest in the order they came", async () => {
  const { started, call, release } = held();
  const policy = bulkhead({ maxConcurrent: 2, maxQueued: 10 });
  const results = ["a", "b", "c", "d"].map((name) => policy.execute(call(name)));
  await settled();
  expect(started).toEqual(["a", "b"]);
  expect(policy.snapshot()).toMatchObject({ inFlight: 2, waiting: 2, perSecond: undefined });
  release();
  await settled();
  expect(started).toEqual(["a", "b", "c"]);
  release();
  release();
  await settled();
  release();
  await expect(Promise.all(results)).resolves.toEqual(["a", "b", "c", "d"]);
  expect(policy.snapshot()).toEqual({ perSecond: undefined, inFlight: 0, waiting: 0, longestWaitMs: 0 });
});

test("refuses a call that finds no place and no queue, and says which limiter and why", async () => {
  const { call } = held();
  const policy = bulkhead({ name: "secrets", maxConcurrent: 1, maxQueued: 1 });
  const refused = vi.fn();
  policy.onReject(refused);
  void policy.execute(call("a"));
  void policy.execute(call("b"));
  await expect(policy.execute(call("c"))).rejects.toMatchObject({
    name: "LimitReachedError",
    code: "ERR_LIMIT_REACHED",
    limiter: "secrets",
    reason: "queue-full",
    waiting: 1,
    message: 'Limiter "secrets" refused the call: queue-full (1 waiting, this one for 0 ms)',
  });
  expect(refused.mock.calls).toEqual([[{ reason: "queue-full" }]]);
});

test("refuses a call that has waited maxWaitMs, not a millisecond sooner", async () => {
  const clock = manualClock();
  const { call } = held();
  const policy = bulkhead({ maxConcurrent: 1, maxQueued: 10, maxWaitMs: 100, clock });
  void policy.execute(call("a"));
  const waiting = policy.execute(call("b"));
  const refused = vi.fn();
  waiting.catch(refused);
  await clock.advance(99);
  expect(refused).not.toHaveBeenCalled();
  expect(policy.snapshot().longestWaitMs).toBe(99);
  await clock.advance(1);
  await expect(waiting).rejects.toMatchObject({ reason: "waited-too-long", waitedMs: 100 });
  expect(clock.pending).toBe(0);
});

test("ten thousand calls that wait share one timer, and none without a wait limit", async () => {
  const clock = manualClock();
  for (const [maxWaitMs, timers] of [
    [1_000, 1],
    [Number.POSITIVE_INFINITY, 0],
  ] as const) {
    const policy = bulkhead({ maxConcurrent: 1, maxQueued: 10_000, maxWaitMs, clock });
    const { call } = held();
    for (let index = 0; index < 10_001; index += 1) policy.execute(call("x")).catch(() => {});
    expect(policy.snapshot().waiting).toBe(10_000);
    expect(clock.pending).toBe(timers);
    await clock.advance(1_000);
    expect(policy.snapshot().waiting).toBe(timers === 1 ? 0 : 10_000);
  }
});

test("lets calls of a higher priority go first, and those of the same in the order they came", async () => {
  const { started, call, release } = held();
  const priorities = [0, 0, 5, 5, 1];
  const policy = bulkhead({ maxConcurrent: 1, maxQueued: 10, priority: () => priorities[next++]! });
  let next = 0;
  const results = ["a", "b", "c", "d", "e"].map((name) => policy.execute(call(name)));
  for (const _ of results) {
    await settled();
    release();
  }
  await Promise.all(results);
  expect(started).toEqual(["a", "c", "d", "e", "b"]);
});

test("keeps the place of a call that was given up until its work is done", async () => {
  const { started, call, release } = held();
  const policy = bulkhead({ maxConcurrent: 1, maxQueued: 1 });
  const controller = new AbortController();
  const first = policy.execute(call("a"), controller.signal);
  const second = policy.execute(call("b"));
  controller.abort(new Error("given up"));
  await expect(first).rejects.toThrow("given up");
  await settled();
  expect(started).toEqual(["a"]);
  release();
  await settled();
  expect(started).toEqual(["a", "b"]);
  release();
  await second;
});

test("hands on the place of a call that was given up in the moment it was let in", async () => {
  const { started, call, release } = held();
  const policy = bulkhead({ maxConcurrent: 1, maxQueued: 2 });
  const controller = new AbortController();
  const first = policy.execute(call("a"));
  const second = policy.execute(call("b"), controller.signal);
  const third = policy.execute(call("c"));
  await settled();
  policy.onSuccess(() => controller.abort(new Error("given up")));
  release();
  await expect(second).rejects.toThrow("given up");
  await settled();
  expect(started).toEqual(["a", "c"]);
  release();
  await Promise.all([first, third]);
  expect(policy.snapshot().inFlight).toBe(0);
});

test("passes errors through untouched and tells of them", async () => {
  const policy = bulkhead({ maxConcurrent: 1 });
  const failures: unknown[] = [];
  policy.onFailure(({ reason, handled }) => failures.push({ reason, handled }));
  const error = new Error("theirs");
  await expect(
    policy.execute(() => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect(failures).toEqual([{ reason: { error }, handled: false }]);
  await expect(policy.execute(() => "next")).resolves.toBe("next");
});

test.each([
  [{ maxConcurrent: 0 }, "Expected `maxConcurrent` to be an integer ≥ 1, got 0"],
  [{ maxConcurrent: 1, maxQueued: -1 }, "Expected `maxQueued` to be an integer ≥ 0, got -1"],
  [
    { maxConcurrent: 1, maxWaitMs: Number.NaN },
    "Expected `maxWaitMs` to be a finite number from 0 to 2147483647, got NaN",
  ],
  [{ maxConcurrent: 1, priority: 3 as never }, "Expected `priority` to be a function, got 3"],
  [
    { maxConcurent: 1 } as never,
    "Expected `maxConcurent` to be left out: the options of bulkhead() are name, maxConcurrent, maxQueued, maxWaitMs, clock, priority, got 1",
  ],
  [undefined as never, "Expected `options` to be an object with the options of bulkhead(), got undefined"],
])("says at construction what is wrong with %o", (options, message) => {
  expect(() => bulkhead(options)).toThrow(message);
});

describe("beside cockatiel's bulkhead", () => {
  const theirs = (limit: number, queue: number): IPolicy => cockatielBulkhead(limit, queue);
  const ours = (limit: number, queue: number): IPolicy => bulkhead({ maxConcurrent: limit, maxQueued: queue });

  async function outcomes(policy: IPolicy): Promise<{ successes: number; failures: number }> {
    const seen = { successes: 0, failures: 0 };
    policy.onSuccess(() => (seen.successes += 1));
    policy.onFailure(() => (seen.failures += 1));
    await policy.execute(() => "value");
    await policy.execute(() => Promise.reject(new Error("no"))).catch(() => {});
    return seen;
  }

  test("tells of successes and failures, where cockatiel's is mute", async () => {
    await expect(outcomes(theirs(1, 1))).resolves.toEqual({ successes: 0, failures: 0 });
    await expect(outcomes(ours(1, 1))).resolves.toEqual({ successes: 1, failures: 1 });
  });

  /** A call waits in the queue; in the tick in which the running one ends, others arrive. */
  async function fateOfTheQueued(policy: IPolicy, arrivals: number): Promise<readonly string[]> {
    const fates: string[] = [];
    let release!: () => void;
    const running = policy.execute(() => new Promise<void>((resolve) => (release = resolve)));
    const note = (name: string, result: Promise<unknown>) =>
      result.then(
        () => fates.push(`${name} ran`),
        () => fates.push(`${name} refused`),
      );
    const queued = note(
      "accepted",
      policy.execute(() => undefined),
    );
    await settled();
    release();
    const late: Promise<unknown>[] = [queued];
    // Arrive over the next microtasks, while the place is being handed on.
    for (let tick = 0; tick < arrivals; tick += 1) {
      await undefined;
      late.push(
        note(
          `late ${tick}`,
          policy.execute(() => new Promise((resolve) => setImmediate(resolve))),
        ),
        note(
          `later ${tick}`,
          policy.execute(() => new Promise((resolve) => setImmediate(resolve))),
        ),
      );
    }
    await running;
    await Promise.all(late);
    return fates;
  }

  test("never evicts or overtakes an accepted call, as cockatiel's does", async () => {
    const theirFates = await fateOfTheQueued(theirs(1, 1), 4);
    const ourFates = await fateOfTheQueued(ours(1, 1), 4);
    expect(theirFates.indexOf("accepted ran")).not.toBe(firstRun(theirFates));
    expect(ourFates.indexOf("accepted ran")).toBe(firstRun(ourFates));
  });

  const firstRun = (fates: readonly string[]) => fates.findIndex((fate) => fate.endsWith("ran"));

  /** Whether an abort in the queue is obeyed while the place is still taken. */
  async function abortInQueue(policy: IPolicy): Promise<string> {
    let release!: () => void;
    const running = policy.execute(() => new Promise<void>((resolve) => (release = resolve)));
    const controller = new AbortController();
    const queued = policy
      .execute(() => undefined, controller.signal)
      .then(
        () => "ran",
        (error: unknown) => (error === controller.signal.reason ? "rejected with the reason" : "rejected otherwise"),
      );
    await settled();
    controller.abort(new Error("given up"));
    await settled();
    const fate = await Promise.race([queued, Promise.resolve("still waiting")]);
    release();
    await Promise.allSettled([running, queued]);
    return fate;
  }

  test("obeys an abort in the queue at once, where cockatiel's waits for a free place", async () => {
    await expect(abortInQueue(theirs(1, 1))).resolves.toBe("still waiting");
    await expect(abortInQueue(ours(1, 1))).resolves.toBe("rejected with the reason");
  });

  test("refuses by name and code, where cockatiel's error is called Error", async () => {
    const refusal = async (policy: IPolicy) => {
      void policy.execute(() => new Promise(() => {}));
      return policy.execute(() => undefined).catch((error: unknown) => error as Error);
    };
    const their = await refusal(theirs(1, 0));
    expect(their).toBeInstanceOf(BulkheadRejectedError);
    expect(their).toMatchObject({ name: "Error" });
    await expect(refusal(ours(1, 0))).resolves.toMatchObject({ name: "LimitReachedError", code: "ERR_LIMIT_REACHED" });
  });

  test("goes inside cockatiel's wrap and around it, and inside compose", async () => {
    const again = retry(handleAll, { maxAttempts: 2 });
    const operation = vi.fn().mockRejectedValueOnce(new Error("once")).mockResolvedValue("value");
    await expect(wrap(again, ours(1, 1)).execute(operation)).resolves.toBe("value");
    expect(operation).toHaveBeenCalledTimes(2);
    await expect(wrap(ours(1, 1), again).execute(() => "value")).resolves.toBe("value");
    await expect(compose(again, bulkhead({ maxConcurrent: 1 })).execute(() => "value")).resolves.toBe("value");
    await expect(compose(bulkhead({ maxConcurrent: 1 }), again).execute(() => "value")).resolves.toBe("value");
  });
});
