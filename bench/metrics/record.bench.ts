/**
 * What a record costs, alone and with its share of a flush after every 1,000 records: ours beside prom-client, the OpenTelemetry
 * SDK, Powertools and aws-embedded-metrics; medians of interleaved rounds.
 */

import { atMost, median, report, smoke } from "../report.ts";
import { type Recorder, recorders } from "./recorders.ts";

const rounds = smoke ? 3 : 15;
const records = smoke ? 5_000 : 50_000;
const recordsPerFlush = 1_000;

// Powertools and aws-embedded-metrics print what they flush; nobody wants to read it here.
const stdout = process.stdout.write;
process.stdout.write = () => true;

const latencies = Float64Array.from({ length: 4_096 }, (_, at) => Math.exp(Math.sin(at * 12.9898) * 1.5 + 3));

async function nanoseconds(recorder: Recorder, series: number, withFlush: boolean): Promise<number> {
  if (!withFlush) await recorder.flush();
  const start = process.hrtime.bigint();
  for (let at = 1; at <= records; at++) {
    recorder.record(at % series, latencies[at & 4_095]!);
    if (withFlush && at % recordsPerFlush === 0) await recorder.flush();
  }
  return Number(process.hrtime.bigint() - start) / records;
}

interface Row {
  readonly "record, 1 series": number;
  readonly "record, 32 series": number;
  readonly "with flush, 32 series": number;
}

const candidates = { one: recorders(1), many: recorders(32), flushed: recorders(32) };
const samples: Record<string, { one: number[]; many: number[]; flushed: number[] }> = {};
for (let round = -2; round < rounds; round++) {
  for (const name of Object.keys(candidates.one)) {
    samples[name] ??= { one: [], many: [], flushed: [] };
    const taken = {
      one: await nanoseconds(candidates.one[name]!, 1, false),
      many: await nanoseconds(candidates.many[name]!, 32, false),
      flushed: await nanoseconds(candidates.flushed[name]!, 32, true),
    };
    if (round < 0) continue; // the first two warm up
    for (const key of ["one", "many", "flushed"] as const) samples[name][key].push(taken[key]);
  }
}
process.stdout.write = stdout;

const rows: Record<string, Row> = Object.fromEntries(
  Object.entries(samples).map(([name, { one, many, flushed }]) => [
    name,
    {
      "record, 1 series": Math.round(median(one)),
      "record, 32 series": Math.round(median(many)),
      "with flush, 32 series": Math.round(median(flushed)),
    },
  ]),
);
console.log("Nanoseconds per record; a flush after every 1,000");
console.table(rows);
const mine = rows["ours: handle, to CloudWatch"]!;
const theirs = rows["prom-client: histogram"]!;
report("metrics-record", rows, [
  atMost("a record with a resolved handle, ns", mine["record, 1 series"], 60),
  atMost("the same, in prom-client's", mine["record, 1 series"] / theirs["record, 1 series"], 0.2),
  atMost("the same over 32 series, in prom-client's", mine["record, 32 series"] / theirs["record, 32 series"], 0.2),
  atMost(
    "with its flush to CloudWatch over 32 series, in prom-client's",
    mine["with flush, 32 series"] / theirs["with flush, 32 series"],
    0.25,
  ),
  atMost(
    "the same to Prometheus, text for text, in prom-client's",
    rows["ours: handle, to Prometheus"]!["with flush, 32 series"] / theirs["with flush, 32 series"],
    0.25,
  ),
]);
