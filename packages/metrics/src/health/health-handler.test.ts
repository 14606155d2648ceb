import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createMetrics } from "../create-metrics.ts";
import { manualClock } from "../manual-clock.ts";
import { memorySink } from "../memory-sink.ts";
import { queued } from "../queued.ts";
import { healthHandler } from "./health-handler.ts";
import type { HealthPart } from "./part-health.ts";

const reportOf = (part: HealthPart) => healthHandler({ parts: { part } }).report();

test.each([
  ["a closed circuit", { state: "closed" }, true],
  ["an open circuit", { state: "open" }, false],
  ["an isolated circuit", { state: "isolated" }, false],
  ["a circuit that probes", { state: "half-open" }, true],
  ["cockatiel's open circuit", { state: 1 }, false],
  ["cockatiel's closed circuit", { state: 0 }, true],
  ["circuits of which one is open", { health: () => ({ circuits: 2, byState: { closed: 1, open: 1 } }) }, true],
  ["circuits that are all open", { health: () => ({ circuits: 2, byState: { open: 1, isolated: 1 } }) }, false],
  ["no circuits yet", { health: () => ({ circuits: 0, byState: {} }) }, true],
  ["an open circuit that can be snapshot", { state: "open", snapshot: () => ({ circuit: "c" }) }, false],
  ["a composition with an open circuit", { wrapped: [{ kind: "retry" }, { state: "open" }] }, false],
  ["a composition that is well", { wrapped: [{ kind: "retry" }, { state: "closed" }] }, true],
  ["a limiter at its limit of waiting", { snapshot: () => ({ waiting: 3, inFlight: 1, longestWaitMs: 10_000 }) }, true],
  ["a limiter past it", { snapshot: () => ({ waiting: 3, inFlight: 1, longestWaitMs: 10_001 }) }, false],
  ["a journal with work", { transactions: async () => [{ status: "active" }] }, true],
  [
    "a journal with a parked transaction",
    { transactions: async () => [{ status: "active" }, { status: "parked" }] },
    false,
  ],
  ["a function that says no", async () => ({ ready: false }), false],
  ["something unknown", {}, true],
] as const)("%s: ready is %s", async (_, part, ready) => {
  expect((await reportOf(part)).parts.part?.ready).toBe(ready);
});

test("says which part is not ready and why, without the message of an error", async () => {
  const { status, parts } = await healthHandler({
    parts: {
      circuit: { state: "open" },
      limiter: { snapshot: () => ({ waiting: 3, inFlight: 1, longestWaitMs: 5, perSecond: 20 }) },
      broken: () => {
        throw Object.assign(new Error("password=hunter2"), { code: "ECONNREFUSED" });
      },
    },
  }).report();
  expect(status).toBe("not-ready");
  expect(parts).toEqual({
    circuit: { ready: false, facts: { state: "open" } },
    limiter: { ready: true, facts: { waiting: 3, inFlight: 1, longestWaitMs: 5, perSecond: 20 } },
    broken: { ready: false, facts: { error: "ECONNREFUSED" } },
  });
});

test("a part that does not answer is not ready, and does not hold the answer up", async () => {
  const { parts } = await healthHandler({
    parts: { stuck: () => new Promise<never>(() => {}) },
    partTimeoutMs: 5,
  }).report();
  expect(parts.stuck).toEqual({ ready: false, facts: { error: "no answer" } });
});

test("metrics are ready though a sink fails, and say so", async () => {
  const failing = { name: "cloudwatch", delivery: queued, write: () => Promise.reject(new Error("no")) };
  const metrics = createMetrics({
    definitions: {},
    namespace: "Test",
    sinks: [failing, memorySink()],
    clock: manualClock(),
  });
  metrics.instruments satisfies object;
  expect((await reportOf(metrics)).parts.part).toEqual({
    ready: true,
    facts: { "sink cloudwatch": "ok", "sink memory": "ok" },
  });
});

test("answers node:http in JSON, or in text when asked", async () => {
  const server = createServer(healthHandler({ parts: { circuit: { state: "open" } } })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const live = await fetch(`${at}/livez?verbose`);
  expect([live.status, await live.json()]).toEqual([200, { status: "live" }]);
  const ready = await fetch(`${at}/readyz`);
  expect(ready.headers.get("cache-control")).toBe("no-store");
  expect([ready.status, await ready.json()]).toMatchObject([503, { status: "not-ready" }]);
  const text = await fetch(`${at}/readyz`, { headers: { accept: "text/plain" } });
  expect(await text.text()).toBe("not-ready\ncircuit: not ready state=open\n");
  expect((await fetch(`${at}/other`)).status).toBe(404);
  server.close();
});

test("answers servers of the fetch shape, at paths of its own", async () => {
  const { fetch: answer } = healthHandler({ livePath: "/up", readyPath: "/work" });
  expect((await answer(new Request("http://x/up"))).status).toBe(200);
  expect(await (await answer(new Request("http://x/work"))).json()).toEqual({ status: "ready", parts: {} });
});

test.each([
  [{ longestWaitMs: -1 }, "longestWaitMs"],
  [{ partTimeoutMs: 0 }, "partTimeoutMs"],
  [{ readyPath: "ready" }, "readyPath"],
])("refuses %o", (options, option) => {
  expect(() => healthHandler(options)).toThrow(expect.objectContaining({ option }));
});
