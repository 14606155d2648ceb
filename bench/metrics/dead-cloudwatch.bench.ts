/**
 * Thirty minutes of a CloudWatch that refuses every connection, at 10,000 records a second: the heap, what a record costs its caller,
 * and what is delivered when it is back. Real client, local endpoint; only the minutes are not waited for.
 */
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { startLocalAws } from "../../packages/local-aws/src/index.ts";
import { cloudWatchSink } from "../../packages/metrics/src/cloudwatch.ts";
import { counter, createMetrics, defineMetrics, timer } from "../../packages/metrics/src/index.ts";
import { manualClock } from "../../packages/metrics/src/testing.ts";
import { atMost, median, report, smoke } from "../report.ts";

const minutes = smoke ? 3 : 30;
const perSecond = smoke ? 1_000 : 10_000;
const series = 400;

const clock = manualClock(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000);
const local = await startLocalAws({ quotas: false });
const client = new CloudWatchClient({ ...local.clientConfig(), maxAttempts: 1 });
const definitions = defineMetrics({
  latency: timer({ dimensions: ["series"], description: "Time to answer." }),
  calls: counter({ dimensions: ["series"], description: "Calls." }),
});
const metrics = createMetrics({
  definitions,
  namespace: "Bench",
  sinks: [cloudWatchSink({ client, clock })],
  clock,
  flushIntervalMs: 2_000_000_000,
});
const handles = Array.from({ length: series }, (_, at) => ({
  latency: metrics.instruments.latency.with({ series: `s${at}` }),
  calls: metrics.instruments.calls.with({ series: `s${at}` }),
}));

/** A minute of records and its flush; the 99th percentile of what 100 records took, in microseconds, over the minute. */
async function minute(): Promise<number> {
  const took: number[] = [];
  for (let second = 0; second < 60; second++) {
    for (let record = 0; record < perSecond; record += 100) {
      const start = performance.now();
      for (let at = record; at < record + 100; at += 2) {
        const { latency, calls } = handles[(at >> 1) % series]!;
        latency.record(5 + (at % 97) * 1.7);
        calls.add();
      }
      took.push((performance.now() - start) * 1_000);
    }
    await clock.advance(1_000);
  }
  await metrics.flush();
  return took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)]!;
}

const heapMb = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

for (let warm = 0; warm < 3; warm++) await minute();
const alive = [await minute(), await minute(), await minute()];
await local.disconnect();
const rows: { minute: number; "heap MB": number; "p99 of 100 records, µs": number; "points waiting": number }[] = [];
for (let at = 1; at <= minutes; at++) {
  const p99 = await minute();
  const [sink] = metrics.health().sinks;
  rows.push({
    minute: at,
    "heap MB": Number(heapMb().toFixed(1)),
    "p99 of 100 records, µs": Number(p99.toFixed(1)),
    "points waiting": sink!.pendingPoints,
  });
}
await local.reconnect();
await clock.advance(120_000);
await metrics.flush();
for (let wait = 0; wait < 100 && metrics.health().sinks[0]!.pendingPoints > 0; wait++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await clock.advance(60_000);
}
const { MetricDataResults } = await client.send(
  new GetMetricDataCommand({
    StartTime: new Date(clock.now() - 3 * 3_600_000),
    EndTime: new Date(clock.now() + 3_600_000),
    MetricDataQueries: [
      { Id: "m", MetricStat: { Metric: { Namespace: "Bench", MetricName: "Calls" }, Period: 60, Stat: "Sum" } },
    ],
  }),
);
const delivered = (MetricDataResults?.[0]?.Values ?? []).filter((value) => value > 0).length;
console.table(rows.filter((_, at) => at % Math.ceil(minutes / 10) === 0 || at === minutes - 1));
const full = rows.findIndex((row) => row["points waiting"] >= 19_000);
const steady = rows.slice(full < 0 ? Math.floor(rows.length / 2) : full);
const growth = steady.at(-1)!["heap MB"] - steady[0]!["heap MB"];
const p99Ratio = median(rows.map((row) => row["p99 of 100 records, µs"])) / median(alive);
console.log(`minutes delivered when it was back: ${delivered} (6 before the outage included)`);
report("metrics-dead-cloudwatch", { rows, alive, delivered }, [
  atMost("heap gained once the queue is full, MB", growth, 2),
  atMost("callers' p99, against a CloudWatch that answers", p99Ratio, 1.25),
  atMost("points waiting", Math.max(...rows.map((row) => row["points waiting"])), 20_000),
]);
await metrics.close();
client.destroy();
await local.close();
