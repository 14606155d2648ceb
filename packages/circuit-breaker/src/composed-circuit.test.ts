import { getEventListeners } from "node:events";
import { CircuitOpenError, compose } from "@holdfast/errors";
import { CallContext, executeOf, type Inside, promised, theFunction } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { type CircuitBreakerOptions, circuitBreaker, circuitsByKey, type RejectEvent } from "./index.ts";

/** A policy that does nothing: what stands in a circuit here. */
const around = (inside: Inside): Inside => inside;
const nothing = {
  _altReturn: undefined as never,
  onSuccess: () => ({ dispose() {} }),
  onFailure: () => ({ dispose() {} }),
  executeWithin: <T>(context: CallContext, fn: (context: CallContext) => PromiseLike<T> | T) =>
    promised(theFunction, context, fn),
  execute: executeOf({ executeWithin: (context, fn) => promised(theFunction, context, fn) }),
  around,
};

const down = new Error("down");

function composed(options: CircuitBreakerOptions = {}) {
  const clock = manualClock();
  const circuit = circuitBreaker({ name: "orders", clock, consecutiveFailures: 1, openMs: 1_000, ...options });
  const { execute } = compose(nothing, circuit, nothing);
  const fail = () => execute(() => Promise.reject(down)).catch((error: unknown) => error);
  return { clock, circuit, execute, fail };
}

describe("a circuit among other policies", () => {
  test("opens at failures, refuses, probes once its time is over, and closes", async () => {
    const { clock, circuit, execute, fail } = composed();
    await expect(execute(() => 1)).resolves.toBe(1);
    await expect(fail()).resolves.toBe(down);
    const refused = vi.fn();
    await expect(execute(refused)).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN", cause: down });
    expect(refused).not.toHaveBeenCalled();
    await clock.advance(1_000);
    await expect(execute((context) => (context as { circuitProbe?: true }).circuitProbe)).resolves.toBe(true);
    expect(circuit.state).toBe("closed");
  });

  test("lets calls that wait for a probe through once it has succeeded", async () => {
    const { clock, circuit, execute, fail } = composed({ halfOpen: { others: "queue" } });
    await fail();
    await clock.advance(1_000);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = execute(() => promise);
    const waiting = execute(() => "waited");
    resolve("probed");
    await expect(Promise.all([probe, waiting])).resolves.toEqual(["probed", "waited"]);
    expect(circuit.state).toBe("closed");
  });

  test("makes every call where it only observes", async () => {
    const { circuit, execute, fail } = composed({ mode: "observe" });
    const rejected: RejectEvent[] = [];
    circuit.onReject((event) => rejected.push(event));
    await fail();
    await expect(execute(() => "made all the same")).resolves.toBe("made all the same");
    expect(rejected).toMatchObject([{ circuit: "orders", enforced: false }]);
  });

  test("judges results, and times calls for those who listen", async () => {
    const { clock, circuit, execute } = composed({ isFailure: (value) => value === "bad" });
    const events: unknown[] = [];
    circuit.onSuccess((event) => events.push(event));
    circuit.onFailure((event) => events.push(event));
    await execute(() => clock.advance(5));
    await expect(execute(() => "bad")).resolves.toBe("bad");
    expect(circuit.state).toBe("open");
    expect(events).toEqual([{ duration: 5 }, { duration: 0, handled: true, reason: { value: "bad" } }]);
  });

  test("counts nothing for a caller who leaves, and begins nothing for one who has left", async () => {
    const { circuit, execute } = composed();
    const controller = new AbortController();
    const hung = execute(() => new Promise(() => {}), controller.signal);
    controller.abort("enough");
    await expect(hung).rejects.toBe("enough");
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 0 });
    const context = CallContext.root({ signal: controller.signal });
    const fn = vi.fn();
    await expect(compose(circuit, nothing).executeWithin(context, fn)).rejects.toBe("enough");
    await expect(circuit.executeWithin(context, fn)).rejects.toBe("enough");
    expect(fn).not.toHaveBeenCalled();
  });
});

test("an async generator is refused, alone and among other policies: its body would be beyond the circuit", async () => {
  const generate = async function* () {
    yield 1;
  };
  const { circuit, execute } = composed();
  await expect(circuit.execute(generate)).rejects.toThrow(/async generator/);
  await expect(execute(generate)).rejects.toThrow(/async generator/);
});

test.each([
  ["succeeds", async () => "value"],
  ["fails", () => Promise.reject(down)],
])("a call that %s leaves nobody listening on the signal around it", async (_what, fn) => {
  const { signal } = new AbortController();
  await circuitBreaker()
    .executeWithin(CallContext.root({ signal }), fn)
    .catch(() => {});
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

describe("circuits by key among other policies", () => {
  test("send each call through the circuit of its key", async () => {
    const circuits = circuitsByKey({ consecutiveFailures: 1, key: ({ service }) => service ?? "none" });
    const policy = compose(circuits, nothing);
    const call = (service: string, fn: () => unknown) =>
      policy.executeWithin(CallContext.root({ call: { service } }), fn);
    await expect(call("S3", () => Promise.reject(down))).rejects.toBe(down);
    await expect(call("S3", () => 1)).rejects.toThrow(CircuitOpenError);
    await expect(call("STS", () => 1)).resolves.toBe(1);
  });

  test("reject with what the key function throws", async () => {
    const circuits = circuitsByKey({
      key: () => {
        throw down;
      },
    });
    await expect(compose(circuits, nothing).execute(() => 1)).rejects.toBe(down);
    await expect(circuits.execute(() => 1)).rejects.toBe(down);
  });
});
