import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { createMetrics } from "../create-metrics.ts";
import { defineMetrics } from "../define-metrics.ts";
import { gauge } from "../gauge.ts";
import { memorySink } from "../memory-sink.ts";
import { timer } from "../timer.ts";
import { openTelemetrySink } from "./opentelemetry-sink.ts";

const definitions = defineMetrics({
  ordersPlaced: counter({ dimensions: ["shopName"], description: "Orders placed." }),
  depth: gauge({ unit: "Count", dimensions: ["queue"], description: "Orders that wait." }),
  latency: timer({ description: "Time to answer." }),
});

function setUp() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const sinks = [openTelemetrySink({ meter: provider.getMeter("shop") })];
  const metrics = createMetrics({ definitions, namespace: "Shop", dimensions: { service: "web" }, sinks });
  /** What the provider exports of a metric now. */
  async function exported(name: string) {
    exporter.reset();
    await reader.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return all.find(({ descriptor }) => descriptor.name === name);
  }
  return { provider, metrics, exported, ...metrics.instruments };
}

test("counts, with names, attributes and units as OpenTelemetry writes them", async () => {
  const { provider, metrics, ordersPlaced, exported } = setUp();
  ordersPlaced.add(2, { shopName: "a" });
  await metrics.flush();
  ordersPlaced.add(3, { shopName: "a" });
  await metrics.flush();
  expect(await exported("orders_placed")).toMatchObject({
    descriptor: { unit: "1", description: "Orders placed." },
    dataPoints: [{ value: 5, attributes: { service: "web", shop_name: "a" } }],
  });
  await provider.shutdown();
});

test("shows a gauge until it is forgotten", async () => {
  const { provider, metrics, depth, exported } = setUp();
  const [a, b] = [depth.with({ queue: "a" }), depth.with({ queue: "b" })];
  a.set(4);
  b.set(7);
  await metrics.flush();
  a.forget();
  await metrics.flush();
  expect((await exported("depth"))?.dataPoints).toMatchObject([{ value: 7, attributes: { queue: "b" } }]);
  await provider.shutdown();
});

test("records every sample of a timer, letting the event loop turn in between", async () => {
  const { provider, metrics, latency, exported } = setUp();
  for (let sample = 0; sample < 10_000; sample++) latency.record(10);
  let turns = 0;
  const turn = () => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await metrics.flush();
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(4);
  expect(await exported("latency")).toMatchObject({
    descriptor: { unit: "ms" },
    dataPoints: [{ value: { count: 10_000, sum: 100_000 } }],
  });
  await provider.shutdown();
});

test("stops recording samples once its time is over: it would count them twice otherwise", async () => {
  let records = 0;
  const histogram = { record: () => void records++ };
  const meter = { createHistogram: () => histogram, createCounter() {}, createObservableGauge() {} };
  const sink = openTelemetrySink({ meter: meter as never });
  const memory = memorySink();
  const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [memory] });
  for (let sample = 0; sample < 10_000; sample++) metrics.instruments.latency.record(10);
  await metrics.close();
  await sink.write(memory.batches[0]!, { signal: AbortSignal.abort(), dropped() {} });
  expect(records).toBeGreaterThan(0);
  expect(records).toBeLessThanOrEqual(2_000);
});

test("refuses to be made without a meter", () => {
  expect(() => openTelemetrySink({} as never)).toThrow(expect.objectContaining({ option: "meter" }));
});
