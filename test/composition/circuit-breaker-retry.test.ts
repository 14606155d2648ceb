import { circuitBreaker } from "@holdfast/circuit-breaker";
import { attemptsOf, compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { constant, type RetryOptions, retry, timeout } from "@holdfast/retry";
import { describe, expect, test, vi } from "vitest";

const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

/** A retry around a circuit that opens at the first failure, for 10 s. */
function retryAroundCircuit(options: RetryOptions = {}) {
  const clock = manualClock();
  const circuit = circuitBreaker({ name: "orders", clock, consecutiveFailures: 1, openMs: 10_000 });
  const backoff = constant({ delayMs: 100, jitter: "none" });
  const policy = compose(retry({ clock, backoff, maxAttempts: 5, ...options }), circuit);
  return { clock, circuit, policy };
}

describe("a retry around a circuit", () => {
  test("stops at once when it is refused, and says why", async () => {
    const { clock, policy } = retryAroundCircuit();
    const failure = reset();
    const operation = vi.fn(() => Promise.reject(failure));
    const call = policy.execute(operation).catch((error: unknown) => error);
    await clock.advance(100);
    const error = await call;
    expect(error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", circuit: "orders", cause: failure });
    expect(operation).toHaveBeenCalledTimes(1);
    expect(attemptsOf(error)?.stopReason).toBe("circuit-open");
    expect(clock.pending).toBe(0);
  });

  test("waits for the time the circuit names, if told to, and not a millisecond less", async () => {
    const { clock, policy } = retryAroundCircuit({ whenCircuitOpen: "wait" });
    const operation = vi.fn<() => Promise<string>>().mockRejectedValueOnce(reset()).mockResolvedValueOnce("value");
    const call = policy.execute(operation);
    await clock.advance(9_999);
    expect(operation).toHaveBeenCalledTimes(1);
    await clock.advance(101);
    expect(await call).toBe("value");
    expect(operation).toHaveBeenCalledTimes(2);
  });

  test("does not wait beyond its deadline", async () => {
    const { clock, policy } = retryAroundCircuit({ whenCircuitOpen: "wait", maxElapsedMs: 5_000 });
    const call = policy.execute(() => Promise.reject(reset())).catch((error: unknown) => error);
    await clock.advance(100);
    expect(await call).toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
    expect(clock.pending).toBe(0);
  });

  test("does not wait for a circuit that a person holds open", async () => {
    const { circuit, policy } = retryAroundCircuit({ whenCircuitOpen: "wait" });
    using _hold = circuit.isolate();
    await expect(policy.execute(() => "never")).rejects.toMatchObject({ state: "isolated" });
  });

  test("leaves its ledger on each refusal alone", async () => {
    const { circuit, policy } = retryAroundCircuit();
    const failure = reset();
    circuit.trip(failure);
    const never = () => "never";
    const [first, second] = await Promise.allSettled([policy.execute(never), policy.execute(never)]);
    const reasons = [first, second].map((result) => (result as PromiseRejectedResult).reason as unknown);
    expect(reasons[0]).not.toBe(reasons[1]);
    expect(attemptsOf(reasons[0])).not.toBe(attemptsOf(reasons[1]));
    expect(attemptsOf(failure)).toBeUndefined();
  });
});

describe("a circuit around a retry", () => {
  test("counts calls, not attempts", async () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ clock, consecutiveFailures: 2 });
    const backoff = constant({ delayMs: 1, jitter: "none" });
    const policy = compose(circuit, retry({ clock, backoff, maxAttempts: 3 }));
    const operation = vi.fn(() => Promise.reject(reset()));
    const call = policy.execute(operation).catch(() => {});
    await clock.advance(10);
    await call;
    expect(operation).toHaveBeenCalledTimes(3);
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 1 });
  });
});

describe("a timeout", () => {
  test("inside a circuit counts, though the function never settles", async () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ clock, consecutiveFailures: 1 });
    const call = compose(circuit, timeout({ timeoutMs: 50, clock })).execute(() => new Promise(() => {}));
    call.catch(() => {});
    await clock.advance(50);
    await expect(call).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(circuit.state).toBe("open");
  });

  test("around a circuit counts too, though the function never settles", async () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ clock, consecutiveFailures: 1 });
    const call = compose(timeout({ timeoutMs: 50, clock }), circuit).execute(() => new Promise(() => {}));
    call.catch(() => {});
    await clock.advance(50);
    await expect(call).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(circuit.state).toBe("open");
  });

  test("around a circuit frees a probe whose function never settles", async () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ clock, consecutiveFailures: 1, openMs: 1_000 });
    circuit.trip();
    await clock.advance(1_000);
    const policy = compose(timeout({ timeoutMs: 50, clock }), circuit);
    const call = policy.execute(() => new Promise(() => {}));
    call.catch(() => {});
    await clock.advance(50);
    await expect(call).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(circuit.health()).toMatchObject({ state: "open", openings: 2 }); // a probe that hangs so long has failed
  });
});
