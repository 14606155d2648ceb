import type { Dimension } from "./dimension.ts";

/** What was sent for one stretch of time and one unit. */
export interface Bucket {
  readonly startMs: number;
  readonly unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Value → how often; undefined once a statistic set came whose values are unknown, so that there are no percentiles. */
  values: Map<number, number> | undefined;
}

/** One or more equal samples, or a statistic set. */
export interface Sample {
  readonly atMs: number;
  readonly unit: string;
  readonly resolutionMs: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

const keptMs = 15 * 86_400_000;

/** The data of one metric: a namespace, a name and exactly these dimensions. */
export class Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  lastSentAt = 0;
  readonly #bucketByStart = new Map<string, Bucket>();

  constructor(namespace: string, name: string, dimensions: readonly Dimension[]) {
    this.namespace = namespace;
    this.name = name;
    this.dimensions = dimensions;
  }

  add(sample: Sample, now: number): void {
    const startMs = sample.atMs - (sample.atMs % sample.resolutionMs);
    const key = `${startMs}/${sample.unit}`;
    const bucket = this.#bucketByStart.get(key);
    if (bucket === undefined) this.#bucketByStart.set(key, bucketOf(startMs, sample));
    else merge(bucket, sample);
    this.lastSentAt = now;
    if (bucket === undefined && this.#bucketByStart.size % 1_024 === 0) this.#forgetBefore(now - keptMs);
  }

  /** Buckets that start in [fromMs, toMs). */
  between(fromMs: number, toMs: number, unit: string | undefined): Bucket[] {
    const found: Bucket[] = [];
    for (const bucket of this.#bucketByStart.values()) {
      if (bucket.startMs < fromMs || bucket.startMs >= toMs) continue;
      if (unit === undefined || bucket.unit === unit) found.push(bucket);
    }
    return found;
  }

  #forgetBefore(ms: number): void {
    for (const [key, { startMs }] of this.#bucketByStart) if (startMs < ms) this.#bucketByStart.delete(key);
  }
}

function bucketOf(startMs: number, { unit, count, sum, min, max }: Sample): Bucket {
  const values = min === max ? new Map([[min, count]]) : undefined;
  return { startMs, unit, count, sum, min, max, values };
}

function merge(bucket: Bucket, { count, sum, min, max }: Sample): void {
  bucket.count += count;
  bucket.sum += sum;
  bucket.min = Math.min(bucket.min, min);
  bucket.max = Math.max(bucket.max, max);
  if (min !== max) bucket.values = undefined;
  else bucket.values?.set(min, (bucket.values.get(min) ?? 0) + count);
}
