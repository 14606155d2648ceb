import { classify } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CircuitBreakerOptions, circuitBreaker } from "./index.ts";

const start = Date.UTC(2026, 0, 1);

/** A circuit in a process of its own, whose clock says `now`. */
function inProcess(now: number, options: CircuitBreakerOptions = {}) {
  const clock = manualClock(now);
  const circuit = circuitBreaker({ name: "orders", clock, consecutiveFailures: 3, openMs: 10_000, ...options });
  const fail = (error: unknown = new Error("down")) =>
    circuit.execute(() => Promise.reject(error)).catch((reason: unknown) => reason);
  return { clock, circuit, fail };
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a cold start goes on where the process before it was", () => {
  test("open: for the rest of the time, with the back-off so far", async () => {
    const openMs = { initialMs: 10_000, maxMs: 60_000 };
    const before = inProcess(start, { openMs });
    for (let call = 0; call < 3; call++) await before.fail();
    await before.clock.advance(4_000);
    const after = inProcess(start + 5_000, { openMs, snapshot: throughJson(before.circuit) });
    expect(after.circuit.health()).toMatchObject({ state: "open", since: start, openings: 1, retryAfterMs: 5_000 });
    await after.clock.advance(5_000);
    await after.fail();
    expect(after.circuit.health()).toMatchObject({ state: "open", openings: 2, retryAfterMs: 20_000 });
  });

  test("its refusals say why it had opened, without the text of that error", async () => {
    const before = inProcess(start);
    const error = Object.assign(new Error("token=hunter2 was refused"), {
      name: "ServiceUnavailable",
      $fault: "server",
      $metadata: { httpStatusCode: 503, requestId: "4-5-6" },
    });
    for (let call = 0; call < 3; call++) await before.fail(error);
    const json = JSON.stringify(before.circuit);
    expect(json).not.toContain("hunter2");
    expect(JSON.stringify(before.circuit.health())).not.toContain("hunter2");
    expect(before.circuit.health().lastFailure).toMatchObject({ name: "ServiceUnavailable", httpStatus: 503 });
    const after = inProcess(start, { snapshot: json });
    const refusal = (await after.fail()) as Error;
    expect(refusal.cause).toMatchObject({ name: "RestoredFailure", code: "ServiceUnavailable" });
    expect(classify(refusal.cause)).toMatchObject({ kind: "service", httpStatus: 503, requestId: "4-5-6" });
  });

  test("a name or code that is no identifier is left out: it may be a text", async () => {
    const before = inProcess(start);
    const error = Object.assign(new Error(), { name: "password is hunter2", code: "x".repeat(129) });
    for (let call = 0; call < 3; call++) await before.fail(error);
    expect(before.circuit.snapshot().outage?.failure).toEqual({
      name: "Error",
      code: null,
      httpStatus: null,
      requestId: null,
    });
  });

  test("half-open: its probes are lost, so the next call is one", async () => {
    const before = inProcess(start);
    for (let call = 0; call < 3; call++) await before.fail();
    await before.clock.advance(10_000);
    void before.circuit.execute(() => new Promise(() => {}));
    const after = inProcess(start + 10_000, { snapshot: before.circuit.snapshot() });
    expect(after.circuit.health()).toMatchObject({ state: "open", retryAfterMs: 0 });
    expect(await after.circuit.execute(() => "value")).toBe("value");
    expect(after.circuit.state).toBe("closed");
  });

  test("closed: the count goes on", async () => {
    const before = inProcess(start);
    await before.fail();
    await before.fail();
    await before.clock.advance(500);
    const after = inProcess(start + 1_000, { snapshot: throughJson(before.circuit.snapshot()) });
    expect(after.circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 2, since: start });
    await after.fail();
    expect(after.circuit.state).toBe("open");
  });

  test.each<[string, CircuitBreakerOptions, number]>([
    ["a count window", { window: { calls: 10 } }, 4],
    ["a time window, as long as it is not over", { window: { ms: 10_000 } }, 4],
  ])("closed: so does %s", async (_, { window }, calls) => {
    const options: CircuitBreakerOptions = { failureRatio: 0.6, minimumCalls: 5, window };
    const before = inProcess(start, { ...options, consecutiveFailures: undefined });
    for (let call = 0; call < calls; call++) await before.fail();
    const snapshot = throughJson(before.circuit.snapshot());
    const after = inProcess(start + 5_000, { ...options, consecutiveFailures: undefined, snapshot });
    expect(after.circuit.health()).toMatchObject({ calls: 4, failures: 4 });
    await after.fail();
    expect(after.circuit.state).toBe("open");
  });

  test("a time window that is over is empty", async () => {
    const options: CircuitBreakerOptions = { failureRatio: 0.6, window: { ms: 10_000 } };
    const before = inProcess(start, options);
    await before.fail();
    const after = inProcess(start + 10_000, { ...options, snapshot: before.circuit.snapshot() });
    expect(after.circuit.health()).toMatchObject({ calls: 0, state: "closed" });
  });
});

describe("bad input", () => {
  const usable = () => inProcess(start).circuit.snapshot();

  test.each<[unknown, string]>([
    [undefined, "the snapshot is not an object"],
    ["{", "the snapshot cannot be read"],
    [[], "the snapshot is not an object"],
    [{ ...usable(), version: 2 }, "its version is not 1"],
    [{ ...usable(), state: "half-open" }, "`state` is neither closed nor open"],
    [{ ...usable(), since: "yesterday" }, "`since` is not a number ≥ 0"],
    [{ ...usable(), since: Number.NaN }, "`since` is not a number ≥ 0"],
    [
      { ...usable(), tally: { consecutiveFailures: -1, window: null } },
      "`tally.consecutiveFailures` is not a number ≥ 0",
    ],
    [{ ...usable(), tally: { consecutiveFailures: 0, window: "x" } }, "`tally.window` is not a list of numbers"],
    [{ ...usable(), outage: { since: 0, openings: null } }, "`outage.openings` is not a number ≥ 0"],
  ])("%j is passed over, and said to be", (snapshot, problem) => {
    const { circuit } = inProcess(start);
    expect(circuit.restore(snapshot)).toEqual({ restored: false, problem });
    expect(circuit.state).toBe("closed");
  });

  test("whatever it is, restoring never throws, and the circuit is not stuck after it", async () => {
    const key = fc.constantFrom("version", "state", "since", "savedAt", "tally", "openUntil", "outage");
    const nearly = fc.dictionary(key, fc.oneof(fc.constantFrom(1, "open", "closed"), fc.double(), fc.object()));
    const almost = fc.record({
      since: fc.double(),
      savedAt: fc.double(),
      openUntil: fc.double(),
      outage: fc.anything(),
    });
    const open = almost.map((facts) => ({ ...usable(), state: "open", ...facts }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), nearly, open), async (snapshot) => {
        const { circuit, clock } = inProcess(start);
        circuit.restore(snapshot);
        await clock.advance(60_000);
        expect(await circuit.execute(() => "value")).toBe("value");
        expect(circuit.state).toBe("closed");
      }),
    );
  });

  test("a clock that was ahead keeps the circuit open no longer than its own longest time", () => {
    const snapshot = { ...usable(), state: "open", since: start + 1e9, openUntil: start + 1e9, outage: null };
    const { circuit } = inProcess(start, { maxServerHintMs: 0 });
    expect(circuit.restore(snapshot)).toEqual({ restored: true });
    expect(circuit.health()).toMatchObject({ retryAfterMs: 10_000, since: start });
  });

  test("a restored count never opens the circuit by itself", async () => {
    const tally = { consecutiveFailures: 99, window: null };
    const { circuit, fail } = inProcess(start, { snapshot: { ...usable(), tally } });
    expect(await circuit.execute(() => "value")).toBe("value");
    expect(circuit.restore({ ...usable(), tally })).toEqual({ restored: true });
    await fail();
    expect(circuit.state).toBe("open");
  });
});

test("a held circuit is not restored, and its hold is not saved", () => {
  const { circuit } = inProcess(start);
  using _hold = circuit.isolate();
  const snapshot = circuit.snapshot();
  expect(snapshot.state).toBe("closed");
  expect(circuit.restore(snapshot)).toEqual({ restored: false, problem: "the circuit is held by hand" });
});
