import { cloudWatchError } from "./cloudwatch-error.ts";
import type { Bucket } from "./series.ts";

/** Makes one number of the buckets of a period; undefined when they do not allow it. */
export type Statistic = (buckets: readonly Bucket[]) => number | undefined;

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: count,
  Sum: (buckets) => buckets.reduce((total, { sum }) => total + sum, 0),
  Average: (buckets) => buckets.reduce((total, { sum }) => total + sum, 0) / count(buckets),
  Minimum: (buckets) => Math.min(...buckets.map(({ min }) => min)),
  Maximum: (buckets) => Math.max(...buckets.map(({ max }) => max)),
};

export const simpleStatistics: readonly string[] = Object.keys(simple);

/** The statistic called `name`: one of the five, or a percentile from `p0` to `p100`. */
export function statistic(name: string): Statistic {
  const known = Object.hasOwn(simple, name) ? simple[name] : undefined;
  if (known !== undefined) return known;
  const rank = /^p(100|\d{1,2}(\.\d{1,10})?)$/.exec(name)?.[1];
  if (rank !== undefined) return (buckets) => percentile(buckets, Number(rank));
  throw cloudWatchError(
    "InvalidParameterValueException",
    `The statistic ${name} is not known here; use ${Object.keys(simple).join(", ")} or a percentile such as p99.`,
  );
}

function count(buckets: readonly Bucket[]): number {
  return buckets.reduce((total, bucket) => total + bucket.count, 0);
}

// Nearest rank. A statistic set with different bounds hides its values: then there is no percentile, as at AWS.
function percentile(buckets: readonly Bucket[], rank: number): number | undefined {
  const counts = new Map<number, number>();
  for (const { values } of buckets) {
    if (values === undefined) return undefined;
    for (const [value, times] of values) counts.set(value, (counts.get(value) ?? 0) + times);
  }
  const ordered = [...counts].sort(([one], [other]) => one - other);
  const wanted = Math.max((rank / 100) * count(buckets), Number.MIN_VALUE);
  let seen = 0;
  for (const [value, times] of ordered) {
    seen += times;
    if (seen >= wanted - 1e-9) return value;
  }
  return ordered.at(-1)?.[0];
}
