import type { Measurement } from "../point.ts";

/** What one series added up to since it began, as Prometheus wants it. */
export class CumulativeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** The sum of a counter, the last value of a gauge, the sum of a histogram; in the base unit. */
  sum = 0;
  count = 0;
  /** Samples in each bucket, the last for those above every bound; not yet cumulative. */
  readonly buckets: number[];
  readonly #bounds: readonly number[];
  readonly #scale: number;

  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[], scale: number) {
    this.labels = labels;
    this.buckets = new Array<number>(bounds.length + 1).fill(0);
    this.#bounds = bounds;
    this.#scale = scale;
  }

  add(measurement: Measurement): void {
    switch (measurement.kind) {
      case "sum":
        this.sum += measurement.sum * this.#scale;
        break;
      case "gauge":
        this.sum = measurement.sum * this.#scale;
        break;
      case "histogram":
        this.sum += measurement.histogram.sum * this.#scale;
        this.count += measurement.histogram.count;
        for (const [at, value] of measurement.histogram.values.entries()) {
          this.buckets[this.#bucketOf(value * this.#scale)]! += measurement.histogram.counts[at]!;
        }
    }
  }

  #bucketOf(value: number): number {
    const at = this.#bounds.findIndex((bound) => value <= bound);
    return at < 0 ? this.#bounds.length : at;
  }
}
