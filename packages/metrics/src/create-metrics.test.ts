import { expect, test, vi } from "vitest";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { distribution } from "./distribution.ts";
import { gauge } from "./gauge.ts";
import { manualClock } from "./manual-clock.ts";
import { memorySink } from "./memory-sink.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { timer } from "./timer.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop"], description: "Orders placed." }),
  depth: gauge({ dimensions: ["queue"], description: "Messages that wait." }),
  latency: timer({ dimensions: ["shop"], description: "Time to answer." }),
  size: distribution({ unit: "Bytes", description: "Size of an order." }),
});

function setUp(options: Partial<MetricsOptions<typeof definitions>> = {}) {
  const clock = manualClock();
  const sink = memorySink();
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    sinks: [sink],
    clock,
    random: () => 0.5,
    ...options,
  });
  return { clock, sink, metrics, ...metrics.instruments };
}

test("adds counters up, keeps the last value of a gauge, and records timers and distributions", async () => {
  const { sink, metrics, orders, depth, latency, size } = setUp();
  orders.add(1, { shop: "a" });
  orders.add(2, { shop: "a" });
  orders.with({ shop: "b" }).add();
  depth.set(5, { queue: "q" });
  depth.set(3, { queue: "q" });
  latency.record(10, { shop: "a" });
  size.record(400);
  await metrics.flush();
  expect(sink.total("orders", { shop: "a" })).toBe(3);
  expect(sink.total("orders")).toBe(4);
  expect(sink.total("depth")).toBe(3);
  expect(sink.points("latency")[0]?.measurement).toMatchObject({ histogram: { count: 1, sum: 10 } });
  expect(sink.total("size")).toBe(400);
});

test("reports only what changed, but a gauge every time", async () => {
  const { sink, metrics, orders, depth } = setUp();
  orders.add(1, { shop: "a" });
  depth.set(5, { queue: "q" });
  await metrics.flush();
  await metrics.flush();
  expect(sink.batches.map(({ points }) => points.map(({ metric }) => metric))).toEqual([
    ["orders", "depth"],
    ["depth"],
  ]);
});

test("flushes at a random part of the interval, then at each interval", async () => {
  const { clock, sink, orders } = setUp({ flushIntervalMs: 60_000 });
  orders.add(1, { shop: "a" });
  await clock.advance(29_999);
  expect(sink.batches).toHaveLength(0);
  await clock.advance(1);
  expect(sink.batches).toHaveLength(1);
  orders.add(1, { shop: "a" });
  await clock.advance(59_999);
  expect(sink.batches).toHaveLength(1);
  await clock.advance(1);
  expect(sink.batches).toHaveLength(2);
});

test("flushes at once when enough series have changed", async () => {
  const { clock, sink, orders } = setUp({ flushAtSeries: 3 });
  for (const shop of ["a", "b"]) orders.add(1, { shop });
  await clock.advance(0);
  expect(sink.batches).toHaveLength(0);
  orders.add(1, { shop: "c" });
  await clock.advance(0);
  expect(sink.total("orders")).toBe(3);
});

test("many busy series do not flush without end: not before a tenth of the interval is over", async () => {
  const { clock, sink, orders } = setUp({ flushAtSeries: 2, flushIntervalMs: 60_000 });
  for (let round = 0; round < 100; round++) {
    for (const shop of ["a", "b"]) orders.add(1, { shop });
    await clock.advance(1);
  }
  expect(sink.batches).toHaveLength(1);
  await clock.advance(5_900);
  expect(sink.batches).toHaveLength(2);
  expect(sink.total("orders")).toBe(200);
});

test("close() delivers the rest, stops every timer, and lets later records fall", async () => {
  const { clock, sink, metrics, orders } = setUp();
  const held = orders.with({ shop: "a" });
  held.add(4);
  await metrics.close();
  held.add(1);
  orders.add(1, { shop: "b" });
  await metrics.flush();
  await clock.advance(200_000);
  expect(sink.total("orders")).toBe(4);
  expect(clock.pending).toBe(0);
});

test("after close(), a record through a handle starts no timer, however early a flush would come", async () => {
  const { clock, metrics, orders } = setUp({ flushAtSeries: 1 });
  const held = orders.with({ shop: "a" });
  await metrics.close();
  held.add();
  expect(clock.pending).toBe(0);
});

test("after close(), records in ever new series take no memory", async () => {
  const { metrics, orders } = setUp();
  orders.add(1, { shop: "a" });
  await metrics.close();
  const { series } = metrics.health();
  for (let shop = 0; shop < 10; shop++) orders.add(1, { shop: `${shop}` });
  expect(metrics.health().series).toBe(series);
});

test("each batch covers the time since the one before it", async () => {
  const { clock, sink, metrics, orders } = setUp();
  const createdAt = clock.now();
  for (let flush = 0; flush < 2; flush++) {
    orders.add(1, { shop: "a" });
    await clock.advance(10);
    await metrics.flush();
  }
  expect(sink.batches.map(({ startedAt, endedAt }) => [startedAt - createdAt, endedAt - createdAt])).toEqual([
    [0, 10],
    [10, 20],
  ]);
});

test("await using closes", async () => {
  const sink = memorySink();
  {
    await using metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink] });
    metrics.instruments.size.record(1);
  }
  expect(sink.total("size")).toBe(1);
});

test("ENABLE_METRICS=false records and sends nothing; enabled overrides it", async () => {
  vi.stubEnv("ENABLE_METRICS", "false");
  const off = setUp();
  off.orders.add(1, { shop: "a" });
  await off.metrics.close();
  expect(off.sink.batches).toEqual([]);
  expect(off.metrics.health()).toMatchObject({ enabled: false, series: 0 });
  expect(off.clock.pending).toBe(0);
  const on = setUp({ enabled: true });
  on.orders.add(1, { shop: "a" });
  await on.metrics.close();
  expect(on.sink.total("orders")).toBe(1);
  vi.unstubAllEnvs();
});

test.each([
  ["there is no process, as on Workers", undefined],
  [
    "the environment may not be read, as on Deno",
    {
      get env(): never {
        throw new Error("Requires env access");
      },
    },
  ],
])("records where %s", (_, process) => {
  vi.stubGlobal("process", process);
  const { metrics } = setUp();
  vi.unstubAllGlobals();
  expect(metrics.health().enabled).toBe(true);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 361, -1])(
  "a counter refuses %d without throwing, and counts it",
  async (value) => {
    const { sink, metrics, orders } = setUp();
    orders.add(value, { shop: "a" });
    await metrics.flush();
    await metrics.flush();
    expect(sink.total("orders")).toBe(0);
    expect(sink.total("metricsDropped", { reason: "invalid" })).toBe(1);
  },
);

test.each([5n, "5", null, {}])("what is no number costs that record alone: %o", async (value) => {
  const { sink, metrics, orders, depth, latency } = setUp();
  expect(() => orders.add(value as never, { shop: "a" })).not.toThrow();
  expect(() => depth.set(value as never, { queue: "q" })).not.toThrow();
  expect(() => latency.record(value as never, { shop: "a" })).not.toThrow();
  await metrics.close();
  expect(sink.points("orders")).toEqual([]);
  expect(sink.total("metricsDropped", { reason: "invalid" })).toBe(3);
});

test("a cap of one series, which the metrics on metrics reach too, still counts", async () => {
  const { sink, metrics, orders, latency } = setUp({ maxSeriesPerMetric: 1 });
  for (const shop of ["a", "b", "c"]) {
    orders.add(1, { shop });
    latency.record(1, { shop });
  }
  await metrics.close();
  expect(sink.total("orders")).toBe(3);
  expect(sink.total("metricsOverflowed")).toBe(4);
});

test("a dimension that throws when read costs that record alone", async () => {
  const { sink, metrics, orders } = setUp();
  const dimensions = {
    get shop(): string {
      throw new Error("no shop");
    },
  };
  expect(() => orders.add(1, dimensions)).not.toThrow();
  await metrics.close();
  expect(sink.total("orders")).toBe(0);
  expect(sink.total("metricsDropped", { reason: "invalid" })).toBe(1);
});

test("values that would read the same in a row are different series", async () => {
  const routed = defineMetrics({ calls: counter({ dimensions: ["from", "to"], description: "Calls." }) });
  const sink = memorySink();
  const metrics = createMetrics({ definitions: routed, namespace: "Shop", sinks: [sink] });
  metrics.instruments.calls.add(1, { from: "a", to: "bc" });
  metrics.instruments.calls.add(2, { from: "ab", to: "c" });
  await metrics.close();
  expect(sink.total("calls", { from: "a", to: "bc" })).toBe(1);
  expect(sink.total("calls", { from: "ab", to: "c" })).toBe(2);
});

test("past the cap, records go to one overflow series and are counted", async () => {
  const { sink, metrics, orders } = setUp({ maxSeriesPerMetric: 2 });
  for (const shop of ["a", "b", "c", "d"]) orders.add(1, { shop });
  orders.add(1, { shop: "a" });
  await metrics.close();
  expect(sink.points("orders").map(({ dimensions }) => dimensions.shop)).toEqual(["a", "b", "(other)"]);
  expect(sink.total("orders", { shop: "(other)" })).toBe(2);
  expect(sink.total("orders", { shop: "a" })).toBe(2);
  expect(sink.total("metricsOverflowed", { metric: "orders" })).toBe(2);
});

test("forgets an idle series and makes room for others, but not one that is held", async () => {
  const { clock, sink, metrics, orders } = setUp({
    maxSeriesPerMetric: 2,
    forgetAfterMs: 100_000,
    flushIntervalMs: 60_000,
  });
  const held = orders.with({ shop: "held" });
  held.add();
  orders.add(1, { shop: "idle" });
  await clock.advance(30_000 + 3 * 60_000);
  orders.add(1, { shop: "new" });
  held.add();
  await metrics.close();
  expect(sink.total("orders", { shop: "new" })).toBe(1);
  expect(sink.total("orders", { shop: "held" })).toBe(2);
  expect(sink.total("orders", { shop: "(other)" })).toBe(0);
});

test("a forgotten series is reported once more, and records nothing afterwards", async () => {
  const { sink, metrics, orders } = setUp();
  const series = orders.with({ shop: "a" });
  series.add(2);
  series.forget();
  series.add(5);
  orders.add(1, { shop: "a" });
  await metrics.flush();
  series.add(5);
  await metrics.close();
  expect(sink.points("orders").map(({ measurement }) => measurement)).toEqual([
    { kind: "sum", sum: 7 },
    { kind: "sum", sum: 1 },
  ]);
});

test("asks an observed gauge at each flush, leaves out what throws, and stops when disposed of", async () => {
  const { sink, metrics, depth } = setUp();
  let value: number | undefined = 4;
  const observed = depth.observe(() => value, { queue: "q" });
  const broken = depth.observe(
    () => {
      throw new Error("gone");
    },
    { queue: "broken" },
  );
  await metrics.flush();
  value = undefined;
  await metrics.flush();
  value = 6;
  observed.dispose();
  broken.dispose();
  await metrics.flush();
  expect(sink.points("depth").map(({ measurement }) => measurement.kind === "gauge" && measurement.sum)).toEqual([4]);
});

test("times a function whether it returns, throws, resolves or rejects", async () => {
  const { clock, sink, metrics, latency } = setUp();
  const series = latency.with({ shop: "a" });
  expect(series.time(() => 1)).toBe(1);
  expect(() =>
    series.time(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  const slow = series.time(() => new Promise<string>((resolve) => clock.setTimeout(() => resolve("yes"), 250)));
  await clock.advance(250);
  expect(await slow).toBe("yes");
  await expect(series.time(() => Promise.reject(new Error("late")))).rejects.toThrow("late");
  const stopwatch = latency.start();
  await clock.advance(40);
  expect([stopwatch.stop({ shop: "b" }), stopwatch.stop({ shop: "b" })]).toEqual([40, 40]);
  await metrics.close();
  expect(sink.points("latency", { shop: "a" })[0]?.measurement).toMatchObject({ histogram: { count: 4, max: 250 } });
  expect(sink.points("latency", { shop: "b" })[0]?.measurement).toMatchObject({ histogram: { count: 1, max: 40 } });
});

test("a filter leaves out a metric, or some of its dimensions", async () => {
  const { sink, metrics, orders, depth, latency } = setUp({
    filter: (name) => (name === "orders" ? [] : name !== "latency"),
  });
  for (const shop of ["a", "b"]) orders.add(1, { shop });
  depth.set(1, { queue: "q" });
  latency.record(1, { shop: "a" });
  await metrics.close();
  expect(sink.points("orders")).toMatchObject([{ dimensions: {}, measurement: { sum: 2 } }]);
  expect(sink.points("depth")).toHaveLength(1);
  expect(sink.points("latency")).toHaveLength(0);
});

test("a filter that leaves out a dimension leaves out the coarser forms that keep it", () => {
  const wide = defineMetrics({
    sales: counter({ dimensions: ["shop", "country"], rollups: [["shop"], ["country"], []], description: "Sales." }),
  });
  const filter = (name: string) => (name === "sales" ? ["country"] : true);
  const metrics = createMetrics({ definitions: wide, namespace: "Shop", sinks: [], enabled: false, filter });
  expect(metrics.definitions.sales).toMatchObject({ dimensions: ["country"], rollups: [["country"], []] });
});

test("puts the environment behind the namespace, and constant dimensions on every batch", async () => {
  const { sink, metrics, orders } = setUp({ environment: "prod", dimensions: { service: "web" } });
  orders.add(1, { shop: "a" });
  await metrics.close();
  expect(sink.batches[0]).toMatchObject({ namespace: "Shop/prod", dimensions: { service: "web" } });
});

test("checks definitions that did not go through defineMetrics, and keeps its own names to itself", () => {
  const unchecked = { "bad name": counter({ description: "x" }) } as const;
  expect(() => createMetrics({ definitions: unchecked, namespace: "Shop", sinks: [] })).toThrow("camelCase");
  const taken = { metricsDropped: counter({ description: "x" }) } as const;
  expect(() => createMetrics({ definitions: taken, namespace: "Shop", sinks: [] })).toThrow(
    expect.objectContaining({ option: "definitions" }),
  );
});

test.each([
  [{ namespace: "AWS/Shop" }, "namespace"],
  [{ namespace: "" }, "namespace"],
  [{ environment: "a/b" }, "environment"],
  [{ dimensions: { shop: "x" } }, "dimensions"],
  [{ dimensions: { "not camel": "x" } }, "dimensions"],
  [{ flushIntervalMs: 0 }, "flushIntervalMs"],
  [{ maxSeriesPerMetric: 1.5 }, "maxSeriesPerMetric"],
  [{ maxPendingPoints: 0 }, "maxPendingPoints"],
  [{ writeTimeoutMs: 2 ** 31 }, "writeTimeoutMs"],
  [{ sinks: {} as never }, "sinks"],
  [{ sinks: [undefined as never] }, "sinks[0]"],
  [{ sinks: [{ name: "bare", write() {} } as never] }, "sinks[0]"],
  [{ flushInterval: 5 } as never, "flushInterval"],
])("refuses %o", (options, option) => {
  expect(() => setUp(options)).toThrow(expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }));
});

test("a wrong option is not shown if it may be a secret in the wrong place", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!";
  for (const namespace of [secret, { secret }, [secret]]) {
    const make = () => setUp({ namespace: namespace as never });
    expect(make).toThrow(/^Expected `namespace` to be .+, got (a long text|an object)$/);
  }
  expect(() => setUp({ namespace: "not good" })).toThrow('got "not good"');
});
