/**
 * 100,000 samples over 32 series on their way to CloudWatch: requests, bytes, CPU and what becomes of the percentiles; ours beside one
 * datum per sample, 20 and 1,000 to a request. Real clients, a local endpoint.
 */
import { gzipSync } from "node:zlib";
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { startLocalAws } from "../../packages/local-aws/src/index.ts";
import { cloudWatchSink } from "../../packages/metrics/src/cloudwatch.ts";
import { createMetrics, defineMetrics, direct, type Sink, timer } from "../../packages/metrics/src/index.ts";
import { atMost, report, smoke } from "../report.ts";

const samples = smoke ? 5_000 : 100_000;
const series = 32;

const local = await startLocalAws({ quotas: false });
const client = new CloudWatchClient(local.clientConfig());

/** The bodies that left, as they were before and after compression. */
const sent: { raw: number; wire: number }[] = [];
client.middlewareStack.addRelativeTo(
  (next) => (args) => {
    const { body } = args.request as { body: string | Uint8Array };
    const raw = Buffer.byteLength(body);
    sent.push({ raw, wire: raw < 10_240 ? raw : gzipSync(body).length });
    return next(args);
  },
  { name: "watch", relation: "before", toMiddleware: "compressionMiddleware", override: true },
);

// Log-normal latencies around 20 ms with a long tail, from a sequence that repeats.
let seed = 42;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return (seed + 1) / 2_147_483_649;
};
const latency = () => Math.exp(3 + 0.8 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
const values = Array.from({ length: series }, () => Array.from({ length: Math.ceil(samples / series) }, latency));

async function measured(work: () => Promise<void>) {
  sent.length = 0;
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const sum = (of: "raw" | "wire") => sent.reduce((total, request) => total + request[of], 0);
  return {
    requests: sent.length,
    "raw kB": sum("raw") / 1_000,
    "wire kB": sum("wire") / 1_000,
    "CPU ms": (user + system) / 1_000,
  };
}

const Dimensions = (at: number) => [{ Name: "Series", Value: `series-${at}` }];

/** One datum for each sample, so many to a request. */
const plain = (perRequest: number) =>
  measured(async () => {
    const data: MetricDatum[] = values.flatMap((list, at) =>
      list.map((Value) => ({
        MetricName: "Latency",
        Dimensions: Dimensions(at),
        Timestamp: new Date(),
        Unit: "Milliseconds",
        Value,
      })),
    );
    for (let from = 0; from < data.length; from += perRequest) {
      await client.send(
        new PutMetricDataCommand({ Namespace: "Bench", MetricData: data.slice(from, from + perRequest) }),
      );
    }
  });

const definitions = defineMetrics({
  latency: timer({ dimensions: ["series"], rollups: [], description: "Time to answer." }),
});

async function ours(distributions: "values" | "statistics") {
  const metrics = createMetrics({
    definitions,
    namespace: "Bench",
    sinks: [cloudWatchSink({ client, distributions })],
  });
  const result = await measured(async () => {
    for (const [at, list] of values.entries()) {
      const handle = metrics.instruments.latency.with({ series: `series-${at}` });
      for (const value of list) handle.record(value);
    }
    await metrics.flush();
  });
  await metrics.close();
  return result;
}

/** The largest error of any percentile of any series, in what was sent. */
async function worstError(): Promise<number> {
  let worst = 0;
  const sink: Sink = {
    name: "check",
    delivery: direct,
    write({ points }) {
      for (const { dimensions, measurement } of points) {
        if (measurement.kind !== "histogram") continue;
        const exact = values[Number(dimensions.series?.slice(7))]!.toSorted((a, b) => a - b);
        for (const ratio of [0.5, 0.9, 0.95, 0.99, 0.999]) {
          let rank = Math.ceil(ratio * exact.length);
          const at = measurement.histogram.counts.findIndex((count) => {
            rank -= count;
            return rank <= 0;
          });
          worst = Math.max(
            worst,
            Math.abs(measurement.histogram.values[at]! / exact[Math.ceil(ratio * exact.length) - 1]! - 1),
          );
        }
      }
    },
  };
  const metrics = createMetrics({ definitions, namespace: "Bench", sinks: [sink] });
  for (const [at, list] of values.entries())
    for (const value of list) metrics.instruments.latency.record(value, { series: `series-${at}` });
  await metrics.close();
  return worst;
}

await ours("values"); // warms the client up
const rows = {
  "ours: values within 2 %": await ours("values"),
  "ours: statistic sets, no percentiles": await ours("statistics"),
  "1,000 data to a request": await plain(1_000),
  "20 data to a request, the old way": await plain(20),
};
console.log(`${samples.toLocaleString("en")} samples over ${series} series`);
console.table(
  Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [
      name,
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(1))])),
    ]),
  ),
);
const error = await worstError();
report("metrics-put-metric-data", { ...rows, worstError: error }, [
  atMost("requests", rows["ours: values within 2 %"].requests, 1),
  atMost("kB on the wire", rows["ours: values within 2 %"]["wire kB"], 10),
  atMost("largest error of a percentile, %", error * 100, 2.5),
]);
client.destroy();
await local.close();
