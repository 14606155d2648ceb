import { compose } from "@holdfast/errors";
import { CallContext, type CallDetails } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type CircuitsByKeyOptions, circuitsByKey, type EvictEvent, failureDomain } from "./index.ts";

const getSecret: CallDetails = {
  accountId: "111122223333",
  region: "eu-west-1",
  service: "SecretsManager",
  operation: "GetSecretValue",
};

function registry(options: CircuitsByKeyOptions = {}) {
  const clock = manualClock();
  const circuits = circuitsByKey({ clock, consecutiveFailures: 1, openMs: 1_000, ...options });
  const run = (call: CallDetails, fn: () => unknown = () => "value") =>
    circuits.executeWithin(CallContext.root({ call }), fn);
  const fail = (call: CallDetails) => run(call, () => Promise.reject(new Error("down"))).catch(() => {});
  return { clock, circuits, run, fail };
}

describe("a circuit for each key", () => {
  test("by default account, region, service and operation: one that is open refuses its own calls alone", async () => {
    const { circuits, run, fail } = registry();
    await fail(getSecret);
    await expect(run(getSecret)).rejects.toMatchObject({
      circuit: "111122223333/eu-west-1/SecretsManager/GetSecretValue",
    });
    for (const other of [
      { ...getSecret, accountId: "444455556666" },
      { ...getSecret, region: "us-east-1" },
      { ...getSecret, service: "STS" },
      { ...getSecret, operation: "PutSecretValue" },
    ]) {
      expect(await run(other)).toBe("value");
    }
    expect(circuits.size).toBe(5);
  });

  test("by a key of the user's own", async () => {
    const { circuits, run, fail } = registry({ key: ({ region }) => region ?? "nowhere" });
    await fail(getSecret);
    await expect(run({ region: "eu-west-1", service: "STS" })).rejects.toMatchObject({ circuit: "eu-west-1" });
    expect(circuits.get("eu-west-1").state).toBe("open");
    expect(circuits.get(getSecret)).toBe(circuits.get("eu-west-1"));
  });

  test("a key function that throws rejects the call, and is not the service's fault", async () => {
    const broken = () => {
      throw new Error("no key");
    };
    const { run, circuits } = registry({ key: broken });
    await expect(run(getSecret)).rejects.toThrow("no key");
    expect(circuits.size).toBe(0);
  });

  test("what is not known of a call is a dash", () => {
    expect(failureDomain({ region: "eu-west-1" })).toBe("-/eu-west-1/-/-");
  });

  test("whose credentials sign it stands for an account that is not known, and only then", () => {
    const { accountId: _, ...unknown } = getSecret;
    expect(failureDomain({ ...unknown, identity: "caller-1" })).toBe(
      "caller-1/eu-west-1/SecretsManager/GetSecretValue",
    );
    expect(failureDomain({ ...getSecret, identity: "caller-1" })).toBe(failureDomain(getSecret));
  });

  test("works as any policy does: alone, and in compose", async () => {
    const { circuits } = registry();
    expect(await circuits.execute(() => "value")).toBe("value");
    expect(await compose(circuits).execute(() => "value")).toBe("value");
    expect(circuits.has("-/-/-/-")).toBe(true);
  });
});

describe("capacity", () => {
  test("the circuit unused for longest goes first, and its going is told", async () => {
    const { circuits, fail } = registry({ capacity: 2, key: ({ operation }) => operation ?? "" });
    const evictions: EvictEvent[] = [];
    circuits.onEvict((event) => evictions.push(event));
    await fail({ operation: "a" });
    circuits.get("b");
    circuits.get("a");
    circuits.get("c");
    expect(evictions).toEqual([{ circuit: "b", state: "closed", reason: "capacity", size: 2 }]);
    expect(circuits.list().map(({ name }) => name)).toEqual(["c", "a"]);
    expect(circuits.health().evicted).toBe(1);
  });

  test("holds the keys last used, as a plain list would", () => {
    const use = fc.record({ key: fc.constantFrom(..."abcdefgh"), drop: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(use), (capacity, uses) => {
        const { circuits } = registry({ capacity });
        let expected: string[] = [];
        for (const { key, drop } of uses) {
          const rest = expected.filter((used) => used !== key);
          if (drop) expect(circuits.unregister(key)).toBe(expected.includes(key));
          else circuits.get(key);
          expected = drop ? rest : [key, ...rest].slice(0, capacity);
          expect(circuits.list().map(({ name }) => name)).toEqual(expected);
          expect(circuits.size).toBe(expected.length);
        }
      }),
    );
  });

  test("unregister drops a circuit and what it knew; a call under way goes on", async () => {
    const { circuits, run } = registry();
    const { promise, reject } = Promise.withResolvers<never>();
    const running = run(getSecret, () => promise);
    const onEvict = vi.fn();
    circuits.onEvict(onEvict);
    expect(circuits.unregister(failureDomain(getSecret))).toBe(true);
    expect(circuits.unregister(failureDomain(getSecret))).toBe(false);
    reject(new Error("down"));
    await expect(running).rejects.toThrow("down");
    expect(onEvict).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: "unregistered", size: 0 }));
    expect(await run(getSecret)).toBe("value");
  });
});

describe("all of them", () => {
  test("events of every circuit are told once, also to the circuit's own listeners", async () => {
    const onEvict = vi.fn();
    const { circuits, fail, run } = registry({ onEvict });
    const all: string[] = [];
    const durations: number[] = [];
    circuits.onSuccess(({ duration }) => durations.push(duration));
    circuits.onFailure(({ duration }) => durations.push(duration));
    const own: string[] = [];
    circuits.onBreak(({ circuit }) => all.push(circuit));
    circuits.onReject(({ circuit }) => all.push(`refused ${circuit}`));
    circuits.get(getSecret).onBreak(({ circuit }) => own.push(circuit));
    await fail(getSecret);
    await run(getSecret).catch(() => {});
    await fail({ service: "STS" });
    const key = failureDomain(getSecret);
    expect(all).toEqual([key, `refused ${key}`, "-/-/STS/-"]);
    expect(own).toEqual([key]);
    await run({ service: "EC2" });
    expect(durations).toEqual([0, 0, 0]);
    circuits.unregister(key);
    expect(onEvict).toHaveBeenCalledExactlyOnceWith({ circuit: key, state: "open", reason: "unregistered", size: 2 });
  });

  test("health counts them by state and lists those that refuse", async () => {
    const { circuits, fail, run } = registry();
    await fail(getSecret);
    await run({ service: "STS" });
    circuits.get("by hand").isolate();
    expect(circuits.health()).toMatchObject({
      circuits: 3,
      byState: { open: 1, closed: 1, isolated: 1, "half-open": 0 },
      unhealthy: [{ circuit: "by hand" }, { circuit: failureDomain(getSecret), retryAfterMs: 1_000 }],
    });
  });

  test("snapshot and restore keep each circuit that has something to keep, in order of use", async () => {
    const { circuits, fail, run } = registry({ consecutiveFailures: 2 });
    await fail({ service: "A" });
    await fail({ service: "B" });
    await fail({ service: "B" });
    await run({ service: "C" });
    const json = JSON.stringify(circuits);
    const next = registry({ consecutiveFailures: 2 }).circuits;
    expect(next.restore(json)).toEqual({ restored: 2, problems: [] });
    expect(next.list().map(({ name, state }) => `${name} ${state}`)).toEqual(["-/-/B/- open", "-/-/A/- closed"]);
    expect(next.get("-/-/A/-").health().consecutiveFailures).toBe(1);
  });

  test("a snapshot leaves out circuits that are as good as new, their windows empty or none", async () => {
    for (const options of [{}, { failureRatio: 0.5 }, { failureRatio: 0.5, window: { calls: 3 } }]) {
      const { circuits, clock, run } = registry(options);
      await run(getSecret);
      await clock.advance(3_600_000);
      circuits.get("new");
      const saved = circuits.snapshot().circuits.map(({ circuit }) => circuit);
      expect(saved).toEqual("window" in options ? [failureDomain(getSecret)] : []); // a count window does not age
    }
  });

  test.each([undefined, "{", { version: 2, circuits: [] }, { version: 1 }, 7])("restore passes over %j", (snapshot) => {
    expect(registry().circuits.restore(snapshot)).toEqual({
      restored: 0,
      problems: ["it is not a snapshot of circuits, version 1"],
    });
  });

  test("restore uses what it can and says what it cannot", () => {
    const good = registry().circuits.get("good").snapshot();
    const snapshot = { version: 1, circuits: [good, null, { ...good, circuit: "bad", version: 9 }] };
    expect(registry().circuits.restore(snapshot)).toEqual({
      restored: 1,
      problems: ['"bad": its version is not 1', "undefined: it names no circuit"],
    });
  });
});

test.each<[string, CircuitsByKeyOptions]>([
  ["capacity", { capacity: 0 }],
  ["key", { key: "region" as never }],
  ["onEvict", { onEvict: true as never }],
  ["failureRatio", { failureRatio: 2 }],
])("a wrong %s throws at construction", (option, options) => {
  expect(() => circuitsByKey(options)).toThrow(expect.objectContaining({ option }));
});

test.each([
  ["capacitiy", { capacitiy: 3 }],
  ["consecutiveFailure", { consecutiveFailure: 3 }],
  ["snapshot", { snapshot: {} }],
])("refuses an option %s that it does not have", (name, options) => {
  expect(() => circuitsByKey(options as never)).toThrow(
    new RegExp(`Expected \`${name}\` to be left out: the options of circuitsByKey\\(\\) are name, .*, key, capacity`),
  );
});
