import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import {
  type CircuitReport,
  type CircuitStore,
  circuitBreaker,
  circuitsByKey,
  memoryCircuitStore,
  type ShareErrorEvent,
  shareCircuits,
} from "./index.ts";

/** A fleet whose members share one store and one clock, and read the store every second. */
function fleetOf(size: number, options: { quorum?: number; store?: CircuitStore } = {}) {
  const clock = manualClock();
  const store = options.store ?? memoryCircuitStore(clock);
  const members = Array.from({ length: size }, (_, index) => {
    const circuits = circuitsByKey({ clock, consecutiveFailures: 2, openMs: 10_000 });
    const sharing = shareCircuits(circuits, { store, clock, member: `m${index}`, refreshMs: 1_000, ...options });
    const fail = async () => {
      for (let call = 0; call < 2; call++) {
        await circuits
          .get("orders")
          .execute(() => Promise.reject(new Error("down")))
          .catch(() => {});
      }
    };
    return { circuits, orders: circuits.get("orders"), sharing, fail };
  });
  const states = () => members.map(({ orders }) => orders.state);
  return { clock, store, members, states };
}

describe("a fleet", () => {
  test("learns from as many members as the quorum asks, and refuses without a failure of its own", async () => {
    const { clock, members, states } = fleetOf(4);
    await members[0]!.fail();
    await members[1]!.fail();
    await clock.advance(1_000);
    expect(states()).toEqual(["open", "open", "open", "open"]);
    await expect(members[3]!.orders.execute(() => "never")).rejects.toMatchObject({
      retryAfterMs: 9_000,
      cause: { code: "ERR_FLEET_OUTAGE", members: 2 },
    });
  });

  test("is not poisoned by one bad member, however often it says so", async () => {
    const { clock, members, states } = fleetOf(4);
    for (let round = 0; round < 20; round++) {
      await members[0]!.fail();
      await clock.advance(5_000);
    }
    expect(states()).toEqual(["open", "closed", "closed", "closed"]);
  });

  test("what was only heard is not passed on: without evidence of their own they all close again", async () => {
    const { clock, store, members, states } = fleetOf(4);
    await members[0]!.fail();
    await members[1]!.fail();
    await clock.advance(1_000);
    expect((await store.reports()).map(({ member }) => member)).toEqual(["m0", "m1"]);
    await clock.advance(9_000);
    for (const { orders } of members) expect(await orders.execute(() => "value")).toBe("value");
    await clock.advance(60_000);
    expect(states()).toEqual(["closed", "closed", "closed", "closed"]);
    expect(await store.reports()).toEqual([]);
  });

  test("a member that has found the service well believes that over what others said before", async () => {
    const { clock, members } = fleetOf(3);
    await members[0]!.fail();
    await members[1]!.fail();
    await clock.advance(1_000);
    const { orders } = members[2]!;
    orders.reset(); // as a probe that succeeded would
    await clock.advance(5_000);
    expect(orders.state).toBe("closed");
    await clock.advance(4_000);
    await members[0]!.fail();
    await members[1]!.fail();
    await clock.advance(1_000);
    expect(orders.state).toBe("open"); // they have said it again since
  });

  test("a new member learns with its first reading, of circuits it has never used", async () => {
    const { clock, store, members } = fleetOf(2);
    await members[0]!.fail();
    await members[1]!.fail();
    const circuits = circuitsByKey({ clock });
    await using sharing = shareCircuits(circuits, { store, clock, refreshMs: 0 });
    expect(clock.pending).toBe(2); // none of its own
    await sharing.refresh();
    expect(circuits.get("orders").state).toBe("open");
  });

  test("a single circuit shares its own name and nothing else", async () => {
    const { clock, store, members } = fleetOf(2);
    await members[0]!.fail();
    await members[1]!.fail();
    const [orders, others] = ["orders", "others"].map((name) => circuitBreaker({ name, clock }));
    for (const circuit of [orders!, others!]) await shareCircuits(circuit, { store, clock, refreshMs: 0 }).refresh();
    expect([orders!.state, others!.state]).toEqual(["open", "closed"]);
  });
});

describe("the store", () => {
  const broken: CircuitStore = {
    report: () => Promise.reject(new Error("report")),
    withdraw: () => Promise.reject(new Error("withdraw")),
    reports: () => Promise.reject(new Error("reports")),
  };

  test("may fail: no call notices, and the failure is told", async () => {
    const { clock, members } = fleetOf(1, { store: broken });
    const errors: ShareErrorEvent[] = [];
    members[0]!.sharing.onError((event) => errors.push(event));
    await members[0]!.fail();
    expect(members[0]!.orders.state).toBe("open");
    await clock.advance(10_000);
    expect(await members[0]!.orders.execute(() => "value")).toBe("value");
    await clock.advance(0);
    const actions = errors.map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(["report", "read", "withdraw"]));
    expect(actions.filter((action) => action === "read")).toHaveLength(10); // it goes on reading
  });

  test("may answer with no list at all", async () => {
    const store = { ...memoryCircuitStore(), reports: async () => undefined as never };
    const sharing = shareCircuits(circuitBreaker(), { store, refreshMs: 0 });
    const errors: ShareErrorEvent[] = [];
    sharing.onError((event) => errors.push(event));
    await sharing.refresh();
    expect(errors).toMatchObject([{ action: "read" }]);
  });

  test("may hang: it is given up in time, and asked again", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const hanging = (signal?: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>(() => {});
    };
    const store = {
      report: (_: unknown, signal?: AbortSignal) => hanging(signal),
      withdraw: hanging as never,
      reports: hanging,
    };
    const { clock, members } = fleetOf(1, { store });
    const errors: ShareErrorEvent[] = [];
    members[0]!.sharing.onError((event) => errors.push(event));
    await members[0]!.fail();
    await clock.advance(3_000);
    expect(errors.map(({ action }) => action)).toEqual(["report", "read"]);
    expect(errors[0]!.error).toMatchObject({ name: "TimeoutError", message: expect.stringContaining("2000 ms") });
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    await clock.advance(1_000);
    expect(signals).toHaveLength(3);
  });

  test("may hold nonsense, other clocks and rumours without end", async () => {
    const clock = manualClock();
    const now = clock.now();
    const report = (member: string, openUntil: number): CircuitReport => ({
      circuit: "orders",
      member,
      reportedAt: now,
      openUntil,
    });
    const reports = [null, {}, { ...report("a", now + 1), circuit: 7 }, report("b", Number.NaN)] as CircuitReport[];
    const store: CircuitStore = { ...memoryCircuitStore(clock), reports: async () => reports };
    const orders = circuitBreaker({ name: "orders", clock });
    const sharing = shareCircuits(orders, { store, clock, refreshMs: 0, maxOpenMs: 30_000 });
    await sharing.refresh();
    expect(orders.state).toBe("closed");
    reports.push(report("c", now + 1e12), report("c", now + 1e12), report("d", now));
    await sharing.refresh();
    expect(orders.state).toBe("closed"); // c twice is one member, and d's time is over
    reports.push(report("e", now + 1e12));
    await sharing.refresh();
    expect(orders.health()).toMatchObject({ state: "open", retryAfterMs: 30_000 });
  });

  test("the circuit stays open for as long as enough members say so", async () => {
    const { clock, store } = fleetOf(0);
    const now = clock.now();
    for (const [index, openUntil] of [5_000, 8_000, 20_000].entries()) {
      await store.report({ circuit: "orders", member: `${index}`, reportedAt: now, openUntil: now + openUntil });
    }
    const orders = circuitBreaker({ name: "orders", clock });
    await shareCircuits(orders, { store, clock, refreshMs: 0 }).refresh();
    expect(orders.health().retryAfterMs).toBe(8_000);
  });

  test("is told in order: a withdrawal never overtakes its report", async () => {
    const written: string[] = [];
    const slow = Promise.withResolvers<void>();
    const store: CircuitStore = {
      report: async () => {
        await slow.promise;
        written.push("report");
      },
      withdraw: async () => {
        written.push("withdraw");
      },
      reports: async () => [],
    };
    const { clock, members } = fleetOf(1, { store });
    await members[0]!.fail();
    members[0]!.orders.reset();
    await clock.advance(0);
    expect(written).toEqual([]);
    slow.resolve();
    await members[0]!.sharing.close();
    expect(written).toEqual(["report", "withdraw"]);
  });
});

test("close stops reading, reporting and believing", async () => {
  const { clock, store, members } = fleetOf(3);
  await members[2]!.sharing.close();
  await members[0]!.fail();
  await members[1]!.fail();
  await members[2]!.fail();
  members[2]!.orders.reset();
  await clock.advance(5_000);
  expect(members[2]!.orders.state).toBe("closed");
  expect((await store.reports()).map(({ member }) => member)).toEqual(["m0", "m1"]);
  for (const { sharing } of members) await sharing.close();
  expect(clock.pending).toBe(0);
});

test("after close a circuit that opens is no longer reported", async () => {
  const { store, members } = fleetOf(1);
  await members[0]!.sharing.close();
  await members[0]!.fail();
  expect(members[0]!.orders.state).toBe("open");
  expect(await store.reports()).toEqual([]);
});

test("its timer keeps no process alive", async () => {
  const clock = manualClock();
  const unref = vi.fn();
  const watched = { ...clock, setTimeout: () => ({ unref }) };
  const sharing = shareCircuits(circuitBreaker(), { store: memoryCircuitStore(clock), clock: watched });
  expect(unref).toHaveBeenCalledOnce();
  await sharing.close();
});

test("what a reading brings after close is not believed", async () => {
  const clock = manualClock();
  const { promise, resolve } = Promise.withResolvers<readonly CircuitReport[]>();
  const store: CircuitStore = { ...memoryCircuitStore(clock), reports: () => promise };
  const orders = circuitBreaker({ name: "orders", clock });
  const sharing = shareCircuits(orders, { store, clock, refreshMs: 0, quorum: 1 });
  const reading = sharing.refresh();
  await sharing.close();
  resolve([{ circuit: "orders", member: "m1", reportedAt: clock.now(), openUntil: clock.now() + 1_000 }]);
  await reading;
  expect(orders.state).toBe("closed");
});

test.each([
  ["store", { store: {} as never }],
  ["member", { member: "" }],
  ["quorum", { quorum: 0 }],
  ["refreshMs", { refreshMs: -1 }],
  ["maxOpenMs", { maxOpenMs: 0 }],
  ["timeoutMs", { timeoutMs: 0 }],
  ["refresMs", { refresMs: 1 }],
])("a wrong %s throws at construction", (option, options) => {
  expect(() => shareCircuits(circuitBreaker(), { store: memoryCircuitStore(), ...options })).toThrow(
    expect.objectContaining({ option }),
  );
});
