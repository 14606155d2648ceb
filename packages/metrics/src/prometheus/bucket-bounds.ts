import { type MetricDefinition, unitOf } from "../metric-definition.ts";

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const bytes = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];
const counts = [1, 2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1_000];

/** Upper bounds of a histogram's buckets, in Prometheus's base unit. */
export function bucketBounds(definition: MetricDefinition): readonly number[] {
  switch (unitOf(definition)) {
    case "Milliseconds":
    case "Seconds":
      return seconds;
    case "Bytes":
    case "Bytes/Second":
      return bytes;
    default:
      return counts;
  }
}
