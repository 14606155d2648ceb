import { LogHistogram } from "./log-histogram.ts";
import type { Measurement, Point } from "./point.ts";

/**
 * Points of one metric as fewer, by keeping only some of their dimensions: counters add up, histograms join,
 * gauges keep sum, extremes and number.
 */
export function joinPoints(points: readonly Point[], keep: readonly string[]): Point[] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const key = JSON.stringify(keep.map((name) => point.dimensions[name]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [point]);
    else group.push(point);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    dimensions: Object.fromEntries(keep.map((name) => [name, group[0]!.dimensions[name]!])),
    measurement: joinMeasurements(group.map(({ measurement }) => measurement)),
  }));
}

/** Measurements of one metric as one. */
export function joinMeasurements(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements;
  if (first === undefined) return { kind: "sum", sum: 0 };
  if (measurements.length === 1) return first;
  if (first.kind === "histogram") return joinHistograms(measurements);
  return first.kind === "sum" ? joinSums(measurements) : joinGauges(measurements);
}

function joinSums(measurements: readonly Measurement[]): Measurement {
  let sum = 0;
  for (const measurement of measurements) if (measurement.kind === "sum") sum += measurement.sum;
  return { kind: "sum", sum };
}

function joinGauges(measurements: readonly Measurement[]): Measurement {
  const joined = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (const measurement of measurements) {
    if (measurement.kind !== "gauge") continue;
    joined.count += measurement.count;
    joined.sum += measurement.sum;
    joined.min = Math.min(joined.min, measurement.min);
    joined.max = Math.max(joined.max, measurement.max);
  }
  return { kind: "gauge", ...joined };
}

function joinHistograms(measurements: readonly Measurement[]): Measurement {
  const joined = new LogHistogram();
  const exact = { sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (const measurement of measurements) {
    if (measurement.kind !== "histogram") continue;
    const { values, counts, sum, min, max } = measurement.histogram;
    for (const [at, value] of values.entries()) joined.record(value, counts[at]);
    exact.sum += sum;
    exact.min = Math.min(exact.min, min);
    exact.max = Math.max(exact.max, max);
  }
  return { kind: "histogram", histogram: { ...joined.take(), ...exact } };
}
