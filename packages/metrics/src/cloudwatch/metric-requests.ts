import type { Batch, Point } from "../point.ts";
import { type DistributionForm, type MetricDatum, metricData } from "./metric-data.ts";
import { rolledUp } from "./rolled-up.ts";

/** Data in one request, at most. */
export const mostData = 1_000;
/** Bytes of one request before compression, at most: 1 MB less its frame. */
export const mostBytes = 999_000;

/** One PutMetricData request, whole in itself: the points in it, and rollups of just these. */
export interface MetricRequest {
  readonly points: readonly Point[];
  readonly data: MetricDatum[];
  /** Before compression, without the frame; an upper bound. */
  readonly bytes: number;
}

/**
 * A batch as requests within CloudWatch's limits. Rollups split over two requests add up there, so that each request
 * can fail and be repeated on its own.
 */
export function metricRequests(batch: Batch, timestamp: Date, form: DistributionForm): MetricRequest[] {
  return requestsFor(batch.points, (points) =>
    rolledUp(points).flatMap((point) => metricData(batch, point, timestamp, form)),
  );
}

function requestsFor(points: readonly Point[], encode: (points: readonly Point[]) => MetricDatum[]): MetricRequest[] {
  if (points.length === 0) return [];
  const data = points.length > mostData ? [] : encode(points);
  const bytes = data.length > mostData ? 0 : sizeOf(data);
  const fits = data.length > 0 && data.length <= mostData && bytes <= mostBytes;
  if (fits || points.length === 1) return [{ points, data, bytes }];
  const half = Math.ceil(points.length / 2);
  return [...requestsFor(points.slice(0, half), encode), ...requestsFor(points.slice(half), encode)];
}

/** The length of the data as JSON, or an upper bound of it where that is within the limit: far faster than writing it out twice. */
function sizeOf(data: readonly MetricDatum[]): number {
  let bound = 2;
  for (const { MetricName, Dimensions, Values, Counts } of data) {
    bound += datumFrame + MetricName.length;
    for (const { Name, Value } of Dimensions) bound += dimensionFrame + 2 * (Name.length + Value.length); // escaped quotes
    if (Values !== undefined && Counts !== undefined) bound += (Values.length + Counts.length) * longestNumber;
  }
  // Everything in it is ASCII: characters are bytes.
  return bound <= mostBytes ? bound : JSON.stringify(data).length;
}

const datumFrame = 250; // names of members, time, unit, and a value or statistic set
const dimensionFrame = 24;
const longestNumber = 25;
