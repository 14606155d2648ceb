import { CircuitOpenError } from "@holdfast/errors";
import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { type CircuitBreakerOptions, circuitBreaker } from "./index.ts";

/** An open circuit whose next call is a probe; `begin` makes a call that its `resolve` and `reject` end. */
async function openCircuit(options: CircuitBreakerOptions = {}) {
  const clock = manualClock();
  const circuit = circuitBreaker({ name: "orders", clock, consecutiveFailures: 1, openMs: 1_000, ...options });
  const opening = new Error("down");
  await circuit.execute(() => Promise.reject(opening)).catch(() => {});
  await clock.advance(1_000);
  const begin = (signal?: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const operation = vi.fn(() => promise);
    const call = signal === undefined ? circuit.execute(operation) : circuit.execute(operation, signal);
    call.catch(() => {});
    return { call, operation, resolve, reject };
  };
  const settled = () => clock.advance(0);
  return { clock, circuit, opening, begin, settled };
}

const throttled = Object.assign(new Error("slow down"), { name: "ThrottlingException", $fault: "client" });

describe("half-open", () => {
  test("others fail fast while the probe is under way", async () => {
    const { circuit, begin, opening } = await openCircuit();
    const probe = begin();
    const other = begin();
    await expect(other.call).rejects.toMatchObject({ state: "half-open", retryAfterMs: 1_000, cause: opening });
    expect(other.operation).not.toHaveBeenCalled();
    expect(circuit.health()).toMatchObject({ state: "half-open", probesInFlight: 1, admittedShare: 0 });
    expect(circuit.health()).toMatchObject({ openings: 1, lastFailure: { name: "Error" } });
    probe.resolve("value");
    expect(await probe.call).toBe("value");
    expect(circuit.state).toBe("closed");
  });

  test("tells the function and the policies inside that a call is a probe, and no other call", async () => {
    const { circuit, clock } = await openCircuit();
    const isProbe = vi.fn((context: object) => (context as { readonly circuitProbe?: unknown }).circuitProbe);
    await expect(circuit.execute(isProbe)).resolves.toBe(true);
    expect(circuit.state).toBe("closed");
    await expect(circuit.execute(isProbe)).resolves.toBeUndefined();
    circuit.trip(new Error("down"));
    await clock.advance(1_000);
    const later = CallContext.root({ call: { operation: "Get" } }).withAttempt(3);
    const seen = circuit.executeWithin(later, ({ attempt, call, ...rest }) => [attempt, call?.operation, rest]);
    await expect(seen).resolves.toEqual([3, "Get", { circuitProbe: true }]);
  });

  test("closes once so many of the probes have succeeded, others still under way", async () => {
    const { circuit, begin } = await openCircuit({ halfOpen: { probes: 3, successes: 2 } });
    const [first, second, third] = [begin(), begin(), begin()];
    const fourth = begin();
    await expect(fourth.call).rejects.toThrow(CircuitOpenError);
    first.resolve("1");
    await first.call;
    expect(circuit.state).toBe("half-open");
    third.resolve("3");
    await third.call;
    expect(circuit.state).toBe("closed");
    second.reject(new Error("late"));
    await second.call.catch(() => {});
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 0 });
  });

  test("opens again as soon as the successes can no longer be reached", async () => {
    const { circuit, begin } = await openCircuit({ halfOpen: { probes: 3, successes: 2 } });
    const [first, second] = [begin(), begin(), begin()];
    first.reject(new Error("down"));
    await first.call.catch(() => {});
    expect(circuit.state).toBe("half-open");
    second.reject(new Error("down"));
    await second.call.catch(() => {});
    expect(circuit.health()).toMatchObject({ state: "open", openings: 2, retryAfterMs: 1_000 });
  });

  test("a slow probe fails", async () => {
    const { circuit, clock, begin } = await openCircuit({ slowCallMs: 50 });
    const reasons: string[] = [];
    circuit.onBreak(({ reason }) => reasons.push(reason));
    const probe = begin();
    await clock.advance(51);
    probe.resolve("value");
    await probe.call;
    expect(reasons).toEqual(["probe-slow"]);
  });

  test("a probe that says nothing gives its place to the next call", async () => {
    const { circuit, begin } = await openCircuit();
    const probe = begin();
    probe.reject(throttled);
    await probe.call.catch(() => {});
    expect(circuit.state).toBe("half-open");
    const next = begin();
    next.resolve("value");
    await next.call;
    expect(circuit.state).toBe("closed");
  });

  test("an aborted probe gives up its place at once, though its function hangs", async () => {
    const { begin } = await openCircuit();
    const controller = new AbortController();
    const probe = begin(controller.signal);
    controller.abort("gone");
    await expect(probe.call).rejects.toBe("gone");
    const next = begin();
    expect(next.operation).toHaveBeenCalledTimes(1);
  });

  test("a listener that isolates the circuit as it half-opens is obeyed", async () => {
    const { circuit, begin } = await openCircuit();
    circuit.onHalfOpen(() => void circuit.isolate());
    const probe = begin();
    await expect(probe.call).rejects.toMatchObject({ state: "isolated" });
    expect(probe.operation).not.toHaveBeenCalled();
  });
});

describe("watchdog", () => {
  test("fails a probe that hangs, at its time and not a millisecond before", async () => {
    const { circuit, clock, begin, opening } = await openCircuit({ halfOpen: { probeTimeoutMs: 300 } });
    const reasons: string[] = [];
    circuit.onBreak(({ reason }) => reasons.push(reason));
    begin();
    await clock.advance(299);
    expect(circuit.state).toBe("half-open");
    await expect(begin().call).rejects.toMatchObject({ retryAfterMs: 1 });
    await clock.advance(1);
    expect(circuit.state).toBe("open");
    expect(reasons).toEqual(["probe-hung"]);
    await expect(begin().call).rejects.toMatchObject({ state: "open", cause: opening });
  });

  test("a hung probe that comes to life says nothing any more", async () => {
    const { circuit, clock, begin } = await openCircuit({ halfOpen: { probeTimeoutMs: 300 } });
    const hung = begin();
    await clock.advance(300);
    hung.resolve("late");
    expect(await hung.call).toBe("late");
    expect(circuit.state).toBe("open");
  });

  test("a probe is failed in time though the timers sleep, as in a frozen Lambda", async () => {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now, setTimeout: () => 0, clearTimeout: () => {} };
    const circuit = circuitBreaker({ clock, consecutiveFailures: 1, openMs: 1_000, halfOpen: { probeTimeoutMs: 300 } });
    await circuit.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    now += 1_000;
    void circuit.execute(() => new Promise(() => {}));
    now += 300;
    await expect(circuit.execute(() => "value")).rejects.toMatchObject({ state: "open", retryAfterMs: 1_000 });
    now += 1_000;
    expect(await circuit.execute(() => "value")).toBe("value");
  });

  test("any number of probes may have slept", async () => {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now, setTimeout: () => 0, clearTimeout: () => {} };
    const halfOpen = { probes: 10_000, successes: 1, probeTimeoutMs: 300 };
    const circuit = circuitBreaker({ clock, consecutiveFailures: 1, openMs: 1_000, halfOpen });
    circuit.trip();
    now += 1_000;
    for (let probe = 0; probe < 10_000; probe++) void circuit.execute(() => new Promise(() => {}));
    now += 300;
    await expect(circuit.execute(() => "value")).rejects.toMatchObject({ state: "open" });
  });

  test("leaves no timer behind, however the round ends", async () => {
    const { circuit, clock, begin } = await openCircuit({ halfOpen: { probes: 2, successes: 1 } });
    const [first] = [begin(), begin()];
    expect(clock.pending).toBe(2);
    first.resolve("value");
    await first.call;
    expect(circuit.state).toBe("closed");
    expect(clock.pending).toBe(0);
  });
});

describe("queue", () => {
  const queued: CircuitBreakerOptions = { halfOpen: { others: "queue", maxQueued: 2 } };

  test("others wait for the probe and go on when it succeeds", async () => {
    const { begin, settled } = await openCircuit(queued);
    const probe = begin();
    const other = begin();
    await settled();
    expect(other.operation).not.toHaveBeenCalled();
    probe.resolve("value");
    await settled();
    expect(other.operation).toHaveBeenCalledTimes(1);
    other.resolve("other");
    expect(await other.call).toBe("other");
  });

  test("they are refused when it fails, and at once when the queue is full", async () => {
    const { begin, settled } = await openCircuit(queued);
    const probe = begin();
    const waiting = [begin(), begin()];
    await expect(begin().call).rejects.toMatchObject({ state: "half-open" });
    const failure = new Error("still down");
    probe.reject(failure);
    await settled();
    for (const { call } of waiting) await expect(call).rejects.toMatchObject({ state: "open", cause: failure });
  });

  test("the first of them is the next probe when the one before said nothing", async () => {
    const { begin, settled } = await openCircuit(queued);
    const probe = begin();
    const [next, last] = [begin(), begin()];
    probe.reject(throttled);
    await settled();
    expect(next.operation).toHaveBeenCalledTimes(1);
    expect(last.operation).not.toHaveBeenCalled();
  });

  test("one that is given up leaves at once, and its place in the queue is free", async () => {
    const { begin, settled } = await openCircuit(queued);
    const probe = begin();
    const controller = new AbortController();
    const leaving = begin(controller.signal);
    const staying = begin();
    controller.abort("gone");
    await expect(leaving.call).rejects.toBe("gone");
    const late = begin();
    probe.resolve("value");
    await settled();
    expect(staying.operation).toHaveBeenCalledTimes(1);
    expect(late.operation).toHaveBeenCalledTimes(1);
    expect(leaving.operation).not.toHaveBeenCalled();
  });

  test("they are freed by the watchdog", async () => {
    const { clock, begin } = await openCircuit({ halfOpen: { others: "queue", probeTimeoutMs: 300 } });
    begin();
    const other = begin();
    await clock.advance(300);
    await expect(other.call).rejects.toMatchObject({ state: "open" });
  });
});

describe("ramp-up", () => {
  const rampUp = { durationMs: 1_000, initialShare: 0.25 };

  test("admits every fourth call at a quarter, more with time, and all at its end", async () => {
    const { circuit, clock, begin } = await openCircuit({ rampUp, random: () => 0.5 });
    const probe = begin();
    probe.resolve("value");
    await probe.call;
    const admitted = async () => {
      const calls = Array.from({ length: 8 }, () => begin());
      for (const { resolve } of calls) resolve("value");
      const results = await Promise.allSettled(calls.map(({ call }) => call));
      return results.filter(({ status }) => status === "fulfilled").length;
    };
    expect(circuit.health()).toMatchObject({
      state: "closed",
      admittedShare: 0.25,
      openings: 1,
      lastFailure: { name: "Error" },
    });
    expect(await admitted()).toBe(2);
    await clock.advance(334);
    expect(await admitted()).toBe(4);
    await clock.advance(665);
    expect(circuit.health().admittedShare).toBeLessThan(1);
    expect(circuit.health()).toMatchObject({ openings: 1, lastFailure: { name: "Error" } });
    await clock.advance(1);
    expect(circuit.health()).toMatchObject({ admittedShare: 1, openings: 0, lastFailure: null }); // before any call came
    expect(await admitted()).toBe(8);
  });

  test("who is refused is told to come back within what is left of it", async () => {
    const { begin, clock, opening } = await openCircuit({ rampUp, random: () => 0.5 });
    const probe = begin();
    probe.resolve("value");
    await probe.call;
    await clock.advance(200);
    await expect(begin().call).rejects.toMatchObject({ state: "recovering", retryAfterMs: 400, cause: opening });
  });

  test("a trip during it goes on with the back-off, a trip after it starts anew", async () => {
    const openMs = { initialMs: 1_000, maxMs: 60_000 };
    const { circuit, clock, begin } = await openCircuit({ openMs, rampUp: { durationMs: 1_000, initialShare: 1 } });
    const end = async (outcome: "resolve" | "reject") => {
      const call = begin();
      call[outcome](new Error("down") as never);
      await call.call.catch(() => {});
    };
    await end("resolve");
    await end("reject");
    expect(circuit.health()).toMatchObject({ state: "open", openings: 2, retryAfterMs: 2_000 });
    await clock.advance(2_000);
    await end("resolve");
    await clock.advance(1_000);
    await end("reject");
    expect(circuit.health()).toMatchObject({ state: "open", openings: 1, retryAfterMs: 1_000 });
  });
});
