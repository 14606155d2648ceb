import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { counter } from "../counter.ts";
import { createMetrics } from "../create-metrics.ts";
import { defineMetrics } from "../define-metrics.ts";
import { gauge } from "../gauge.ts";
import { type ManualClock, manualClock } from "../manual-clock.ts";
import { memorySink } from "../memory-sink.ts";
import type { MetricsOptions } from "../metrics-options.ts";
import { timer } from "../timer.ts";
import { type CloudWatchSinkOptions, cloudWatchSink } from "./cloudwatch-sink.ts";

const definitions = defineMetrics({
  orders: counter({
    dimensions: ["shop", "country"],
    rollups: [["country"], []],
    description: "Orders placed.",
  }),
  depth: gauge({ unit: "Count", dimensions: ["queue"], description: "Orders that wait." }),
  latency: timer({ resolutionSeconds: 1, dimensions: ["shop"], description: "Time to answer." }),
});

let local: LocalAws;
let clock: ManualClock;
let accounts = 200_000_000_000;

beforeAll(async () => {
  clock = manualClock(Math.floor(Date.now() / 60_000) * 60_000);
  local = await startLocalAws({ clock, quotas: false });
});
afterAll(() => local.close());

function setUp(
  sinkOptions: Partial<CloudWatchSinkOptions> = {},
  options: Partial<MetricsOptions<typeof definitions>> = {},
) {
  const account = String(accounts++);
  const client = new CloudWatchClient({ ...local.clientConfig({ account }), maxAttempts: 1 });
  const sink = cloudWatchSink({ client, clock, ...sinkOptions });
  const memory = memorySink();
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    dimensions: { service: "web" },
    sinks: [sink, memory],
    clock,
    random: () => 0.5,
    flushIntervalMs: 1e9,
    ...options,
  });
  const calls = () => local.calls({ account, operation: "PutMetricData" });

  /** One statistic over the last five minutes, of the series with exactly these dimensions. */
  async function read(metric: string, stat: string, dimensions: Record<string, string>): Promise<number | undefined> {
    const Dimensions = Object.entries({ Service: "web", ...dimensions }).map(([Name, Value]) => ({ Name, Value }));
    const MetricStat = { Metric: { Namespace: "Shop", MetricName: metric, Dimensions }, Period: 300, Stat: stat };
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(clock.now() - 600_000),
        EndTime: new Date(clock.now() + 600_000),
        MetricDataQueries: [{ Id: "m", MetricStat }],
      }),
    );
    return MetricDataResults?.[0]?.Values?.[0];
  }
  return { account, client, sink, memory, metrics, calls, read, ...metrics.instruments };
}

test("sends each metric with its dimensions, in the coarser forms of its definition, and over everything", async () => {
  const { client, metrics, orders, read } = setUp();
  orders.add(1, { shop: "a", country: "de" });
  orders.add(2, { shop: "b", country: "de" });
  orders.add(4, { shop: "c", country: "fr" });
  await metrics.close();
  expect(await read("Orders", "Sum", { Shop: "b", Country: "de" })).toBe(2);
  expect(await read("Orders", "Sum", { Country: "de" })).toBe(3);
  expect(await read("Orders", "Sum", {})).toBe(7);
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace: "Shop" }));
  expect(Metrics).toHaveLength(3 + 2 + 1);
});

test("keeps percentiles within 2.5 % of the exact ones", async () => {
  const { metrics, latency, read } = setUp();
  const samples = Array.from({ length: 2_000 }, (_, at) => 1 + (at * at) / 100);
  for (const sample of samples) latency.record(sample, { shop: "a" });
  await metrics.close();
  for (const [stat, at] of [
    ["p50", 999],
    ["p90", 1_799],
    ["p99", 1_979],
  ] as const) {
    const error = Math.abs((await read("Latency", stat, { Shop: "a" }))! / samples[at]! - 1);
    expect(error, stat).toBeLessThan(0.025);
  }
  expect(await read("Latency", "SampleCount", {})).toBe(2_000);
});

test("sends statistic sets when told to: exact sum and extremes, fewer bytes", async () => {
  const [values, statistics] = [setUp(), setUp({ distributions: "statistics" })];
  for (const { metrics, latency } of [values, statistics]) {
    for (let ms = 1; ms <= 500; ms++) latency.record(ms, { shop: "a" });
    await metrics.close();
  }
  expect(await statistics.read("Latency", "Sum", {})).toBe(125_250);
  expect(await statistics.read("Latency", "Maximum", {})).toBe(500);
  expect(statistics.sink.stats().bytes).toBeLessThan(values.sink.stats().bytes / 3);
});

test("a gauge over several series keeps sum and extremes", async () => {
  const { metrics, depth, read } = setUp();
  depth.set(3, { queue: "a" });
  depth.set(9, { queue: "b" });
  depth.set(1, { queue: "c" });
  depth.set(5, { queue: "d" });
  await metrics.close();
  expect(await read("Depth", "Maximum", {})).toBe(9);
  expect(await read("Depth", "Minimum", {})).toBe(1);
  expect(await read("Depth", "Sum", {})).toBe(18);
  expect(await read("Depth", "SampleCount", {})).toBe(4);
  expect(await read("Depth", "Maximum", { Queue: "a" })).toBe(3);
});

test("splits what exceeds 1,000 data or 1 MB, and loses nothing", async () => {
  const { metrics, orders, latency, calls, read, sink } = setUp(
    {},
    { maxSeriesPerMetric: 3_000, maxPendingPoints: 9_000 },
  );
  for (let at = 0; at < 2_300; at++) orders.add(1, { shop: `shop-${at}`, country: "de" });
  for (let at = 0; at < 400; at++) {
    for (let power = 0; power < 600; power++) latency.record(1.05 ** power, { shop: `${at}-${"x".repeat(900)}` });
  }
  await metrics.close();
  expect(calls().every(({ status }) => status === 200)).toBe(true);
  expect(sink.stats()).toMatchObject({ requests: calls().length });
  expect(calls().length).toBeGreaterThan(4);
  expect(await read("Orders", "Sum", {})).toBe(2_300);
  expect(await read("Orders", "Sum", { Country: "de" })).toBe(2_300);
  expect(await read("Latency", "SampleCount", {})).toBe(240_000);
});

test("1,000 data are one request, and one more is a second", async () => {
  const flat = defineMetrics({
    orders: counter({ dimensions: ["shop"], rollups: [], description: "Orders placed." }),
  });
  for (const [series, sizes] of [
    [1_000, [1_000]],
    [1_001, [501, 500]],
  ] as const) {
    const { client, calls } = setUp();
    const sinks = [cloudWatchSink({ client, clock })];
    const metrics = createMetrics({ definitions: flat, namespace: "Shop", sinks, clock, maxSeriesPerMetric: 2_000 });
    for (let at = 0; at < series; at++) metrics.instruments.orders.add(1, { shop: `${at}` });
    await metrics.close();
    expect(calls().map(({ input }) => (input as { MetricData: unknown[] }).MetricData.length)).toEqual(sizes);
  }
});

test("a batch that ends after the present, as when the clock was set back, is sent as of the present", async () => {
  const present = clock.now() - 3 * 3_600_000; // CloudWatch takes nothing more than two hours ahead
  const { metrics, orders, calls } = setUp({ clock: { now: () => present } });
  orders.add(1, { shop: "a", country: "de" });
  await metrics.close();
  const [{ Timestamp } = {}] = (calls()[0]!.input as { MetricData: { Timestamp?: unknown }[] }).MetricData;
  expect(timeOf(Timestamp)).toBe(present);
});

/** A time as the wire may write it: seconds, a text or a date. */
function timeOf(value: unknown): number {
  return typeof value === "number" ? value * 1_000 : new Date(value as string | Date).getTime();
}

test("asks for a fine resolution only where the definition does", async () => {
  const { metrics, orders, latency, calls } = setUp();
  orders.add(1, { shop: "a", country: "de" });
  latency.record(5, { shop: "a" });
  await metrics.close();
  const { MetricData } = calls()[0]!.input as { MetricData: { MetricName: string; StorageResolution?: number }[] };
  const resolutions = MetricData.map(({ MetricName, StorageResolution }) => `${MetricName} ${StorageResolution}`);
  expect(new Set(resolutions)).toEqual(new Set(["Orders undefined", "Latency 1"]));
});

test("a large request is gzipped by the client", async () => {
  const { metrics, orders, calls } = setUp();
  for (let at = 0; at < 300; at++) orders.add(1, { shop: `shop-${at}`, country: "de" });
  await metrics.close();
  expect(calls()).toHaveLength(1);
  expect(calls()[0]).toMatchObject({ contentEncoding: "gzip" });
});

test("dimension values that CloudWatch refuses are escaped, and stay apart", async () => {
  const { metrics, orders, read, calls } = setUp();
  const shops = ["Zürich", "Zu\u0308rich", "", "  ", "\n", "x".repeat(1_100), ":colon", undefined];
  for (const shop of shops) orders.add(1, { shop, country: "ch" });
  await metrics.close();
  expect(calls()[0]).toMatchObject({ status: 200 });
  expect(await read("Orders", "Sum", { Shop: "Z%C3%BCrich", Country: "ch" })).toBe(1);
  expect(await read("Orders", "Sum", {})).toBe(shops.length);
});

test("what was throttled is sent again after a pause, and nothing twice", async () => {
  const { account, metrics, orders, read } = setUp();
  const fault = local.faults.add({ account, operation: "PutMetricData", fault: "throttle", times: 1 });
  orders.add(5, { shop: "a", country: "de" });
  await metrics.flush();
  expect(metrics.health().sinks[0]).toMatchObject({
    state: "failing",
    lastError: expect.stringMatching(/^Throttling/),
  });
  await metrics.close();
  expect(fault.applied).toBe(1);
  expect(await read("Orders", "Sum", {})).toBe(5);
});

test("only the requests that failed are sent again, with the rollups of just their points", async () => {
  const { account, metrics, orders, read, calls } = setUp({}, { maxSeriesPerMetric: 3_000 });
  local.faults.add({ account, operation: "PutMetricData", fault: "error", status: 500, skip: 1, times: 1 });
  for (let at = 0; at < 1_800; at++) orders.add(1, { shop: `shop-${at}`, country: "de" });
  await metrics.flush();
  expect(calls().map(({ status }) => status)).toEqual([200, 500]);
  await metrics.close();
  expect(await read("Orders", "Sum", {})).toBe(1_800);
  expect(await read("Orders", "Sum", { Country: "de" })).toBe(1_800);
});

test("each request runs under the policy given, which sees the signal", async () => {
  const attempts: boolean[] = [];
  const policy = {
    async execute<T>(
      send: (context: { signal: AbortSignal }) => PromiseLike<T> | T,
      signal = new AbortController().signal,
    ) {
      attempts.push(signal.aborted);
      return send({ signal }) as Promise<T>;
    },
  };
  const { metrics, orders, read } = setUp({ policy });
  orders.add(1, { shop: "a", country: "de" });
  await metrics.close();
  expect(attempts).toEqual([false]);
  expect(await read("Orders", "Sum", {})).toBe(1);
});

test("a request that can never be taken is dropped and counted, and does not block the next", async () => {
  const { account, memory, metrics, orders, read } = setUp();
  local.faults.add({
    account,
    operation: "PutMetricData",
    fault: "error",
    status: 400,
    code: "InvalidParameterValue",
    times: 1,
  });
  orders.add(1, { shop: "a", country: "de" });
  await metrics.flush();
  orders.add(2, { shop: "a", country: "de" });
  await metrics.close();
  expect(await read("Orders", "Sum", {})).toBe(2);
  expect(memory.total("metricsDropped", { sink: "cloudwatch", reason: "rejected" })).toBe(1);
});

test("an endpoint that hangs is given up after its time, and the data arrive once it answers", async () => {
  const { account, metrics, orders, read } = setUp({}, { writeTimeoutMs: 2_000 });
  const fault = local.faults.add({ account, operation: "PutMetricData", fault: "hang", times: 1 });
  orders.add(3, { shop: "a", country: "de" });
  const flushed = metrics.flush();
  while (fault.applied === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(2_000);
  await flushed;
  expect(metrics.health().sinks[0]).toMatchObject({ state: "failing", pendingPoints: 1 });
  await metrics.close();
  expect(await read("Orders", "Sum", {})).toBe(3);
});

test("data older than two weeks are dropped and counted, not sent", async () => {
  const { account, memory, metrics, orders, calls } = setUp();
  local.faults.add({ account, operation: "PutMetricData", fault: "error", status: 500, times: 1 });
  orders.add(1, { shop: "a", country: "de" });
  await metrics.flush();
  clock.jump(14 * 86_400_000);
  await clock.advance(10_000);
  await metrics.flush();
  expect(calls().length).toBeLessThanOrEqual(2);
  await metrics.close();
  clock.jump(-14 * 86_400_000);
  expect(memory.total("metricsDropped", { sink: "cloudwatch", reason: "too-old" })).toBeGreaterThanOrEqual(1);
});

test("refuses to be made without a client, or with another form", () => {
  expect(() => cloudWatchSink({} as never)).toThrow(expect.objectContaining({ option: "client" }));
  const { client } = setUp();
  expect(() => cloudWatchSink({ client, distributions: "raw" as never })).toThrow(
    expect.objectContaining({ option: "distributions" }),
  );
});
