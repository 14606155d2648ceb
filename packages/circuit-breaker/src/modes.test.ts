import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test } from "vitest";
import { type CircuitBreakerOptions, circuitBreaker, type RejectEvent } from "./index.ts";

function withClock(options: CircuitBreakerOptions = {}) {
  const clock = manualClock();
  const circuit = circuitBreaker({ name: "orders", clock, consecutiveFailures: 1, openMs: 1_000, ...options });
  const fail = () => circuit.execute(() => Promise.reject(new Error("down"))).catch((error: Error) => error.message);
  const succeed = () => circuit.execute(() => "value");
  return { clock, circuit, fail, succeed };
}

describe("holds", () => {
  test("isolate refuses until the last hold is released", async () => {
    const { circuit, succeed } = withClock();
    const first = circuit.isolate();
    const second = circuit.isolate();
    await expect(succeed()).rejects.toMatchObject({ state: "isolated", retryAfterMs: Number.POSITIVE_INFINITY });
    first.dispose();
    first.dispose(); // twice is once
    await expect(succeed()).rejects.toMatchObject({ state: "isolated" });
    second.dispose();
    expect(await succeed()).toBe("value");
  });

  test("forceClosed counts and lets through whatever it counts", async () => {
    const { circuit, fail } = withClock();
    const hold = circuit.forceClosed();
    for (let call = 0; call < 3; call++) expect(await fail()).toBe("down");
    expect(circuit.health()).toMatchObject({ state: "forced-closed", consecutiveFailures: 3, admittedShare: 1 });
    hold.dispose();
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 0 });
  });

  test("disable does not even count", async () => {
    const { circuit, fail } = withClock();
    using hold = circuit.disable();
    await fail();
    expect(circuit.health()).toMatchObject({ state: "disabled", consecutiveFailures: 0 });
    expect(hold).toBeDefined();
  });

  test("isolation rules over forced-closed, which rules over disabled", () => {
    const { circuit } = withClock();
    const changes: string[] = [];
    circuit.onStateChange(({ from, to, reason }) => changes.push(`${from} > ${to} (${reason})`));
    const disabled = circuit.disable();
    const isolated = circuit.isolate();
    const forced = circuit.forceClosed();
    isolated.dispose();
    forced.dispose();
    disabled.dispose();
    expect(changes).toEqual([
      "closed > disabled (held)",
      "disabled > isolated (held)",
      "isolated > forced-closed (released)",
      "forced-closed > disabled (released)",
      "disabled > closed (released)",
    ]);
  });

  test("a hold ends a half-open round: its probe says nothing any more", async () => {
    const { circuit, clock, fail } = withClock();
    await fail();
    await clock.advance(1_000);
    const probe = Promise.withResolvers<never>();
    const probing = circuit.execute(() => probe.promise);
    circuit.isolate().dispose();
    expect(clock.pending).toBe(0);
    probe.reject(new Error("down"));
    await probing.catch(() => {});
    expect(circuit.state).toBe("closed");
  });

  test("reset closes, forgets, and lets go of every hold", async () => {
    const { circuit, fail, succeed } = withClock();
    await fail();
    const hold = circuit.isolate();
    circuit.reset();
    expect(await succeed()).toBe("value");
    hold.dispose(); // of a hold that is gone
    expect(circuit.state).toBe("closed");
  });

  test("trip opens by hand, for as long as it says, but not a held circuit", async () => {
    const { circuit, clock, succeed } = withClock();
    circuit.trip(new Error("status page says down"), 5_000);
    await expect(succeed()).rejects.toMatchObject({ retryAfterMs: 5_000, cause: new Error("status page says down") });
    await clock.advance(5_000);
    expect(await succeed()).toBe("value");
    using _hold = circuit.forceClosed();
    circuit.trip();
    expect(circuit.state).toBe("forced-closed");
    expect(() => circuit.trip(undefined, Number.POSITIVE_INFINITY)).toThrow(
      expect.objectContaining({ option: "openMs" }),
    );
  });
});

describe("mode", () => {
  test("observe changes state and reports, and makes every call", async () => {
    const { circuit, clock, fail, succeed } = withClock({ mode: "observe" });
    const rejects: RejectEvent[] = [];
    circuit.onReject((event) => rejects.push(event));
    await fail();
    expect(circuit.health()).toMatchObject({ state: "open", enforced: false });
    expect(await succeed()).toBe("value");
    expect(rejects).toMatchObject([{ state: "open", retryAfterMs: 1_000, enforced: false }]);
    await clock.advance(1_000);
    const probe = Promise.withResolvers<string>();
    const probing = circuit.execute(() => probe.promise);
    expect(await succeed()).toBe("value"); // beside the probe
    expect(circuit.state).toBe("half-open");
    probe.resolve("value");
    await probing;
    expect(circuit.state).toBe("closed");
  });

  test("observe lets calls through a circuit whose others would queue", async () => {
    const { circuit, clock, fail, succeed } = withClock({ mode: "observe", halfOpen: { others: "queue" } });
    await fail();
    await clock.advance(1_000);
    void circuit.execute(() => new Promise(() => {}));
    expect(await succeed()).toBe("value");
  });

  test("disabled makes every call and counts none, until reset", async () => {
    const { circuit, fail } = withClock({ mode: "disabled" });
    for (let call = 0; call < 3; call++) await fail();
    expect(circuit.state).toBe("disabled");
    circuit.reset();
    await fail();
    expect(circuit.state).toBe("open");
  });
});
