import { joinPoints } from "../join-points.ts";
import type { Point } from "../point.ts";

/** The points, followed by the coarser forms that their definitions ask for: CloudWatch adds nothing up over dimensions. */
export function rolledUp(points: readonly Point[]): Point[] {
  const result = [...points];
  for (const group of byMetric(points).values()) {
    const { dimensions = [], rollups = [[]] } = group[0]!.definition;
    for (const rollup of rollups) {
      if (rollup.length < dimensions.length) result.push(...joinPoints(group, rollup));
    }
  }
  return result;
}

function byMetric(points: readonly Point[]): Map<string, Point[]> {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const group = groups.get(point.metric);
    if (group === undefined) groups.set(point.metric, [point]);
    else group.push(point);
  }
  return groups;
}
