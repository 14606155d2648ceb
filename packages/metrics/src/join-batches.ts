import { joinMeasurements } from "./join-points.ts";
import type { Batch, Point } from "./point.ts";

/** Two batches, one after the other, as one: a gauge keeps the newer value, everything else adds up. */
export function joinBatches(older: Batch | undefined, newer: Batch): Batch {
  if (older === undefined || older.points.length === 0) return newer;
  const byKey = new Map(older.points.map((point) => [keyOf(point), point]));
  for (const point of newer.points) {
    const before = byKey.get(keyOf(point));
    byKey.set(keyOf(point), before === undefined ? point : joinPair(before, point));
  }
  return { ...newer, startedAt: older.startedAt, points: [...byKey.values()] };
}

function joinPair(older: Point, newer: Point): Point {
  if (newer.measurement.kind === "gauge") return newer;
  return { ...newer, measurement: joinMeasurements([older.measurement, newer.measurement]) };
}

function keyOf({ metric, dimensions }: Point): string {
  return JSON.stringify([metric, ...Object.values(dimensions)]);
}
