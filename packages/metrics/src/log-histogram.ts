import { LogBins } from "./log-bins.ts";

const { POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;

/** What a histogram held at one moment. `values` are ascending; `counts[i]` samples lie within 2 % of `values[i]`. */
export interface HistogramData {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts values in bins whose bounds grow by 4 %, so that any percentile is within 2 % of the exact one,
 * in memory that does not grow with the number of values. Extremes, count and sum are exact.
 */
export class LogHistogram {
  #sum = 0;
  #min = POSITIVE_INFINITY;
  #max = NEGATIVE_INFINITY;
  /** Of negative values, of zeros and of positive values. */
  readonly #bins: readonly LogBins[] = [new LogBins(-1), new LogBins(0), new LogBins(1)];

  /** Records a finite value. */
  record(value: number, times = 1): void {
    this.#sum += value * times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#bins[value > 0 ? 2 : value < 0 ? 0 : 1]!.add(value, times);
  }

  /** What was recorded since the last take; the histogram is empty afterwards. */
  take(): HistogramData {
    const [sum, min, max] = [this.#sum, this.#min, this.#max];
    this.#sum = 0;
    this.#min = POSITIVE_INFINITY;
    this.#max = NEGATIVE_INFINITY;
    const values: number[] = [];
    const counts: number[] = [];
    let count = 0;
    for (const bins of this.#bins) count += bins.take(values, counts);
    // The first and the last bin hold the extremes: no value lies outside what was seen, and one alone is itself.
    const last = values.length - 1;
    if (last >= 0) {
      values[0] = counts[0] === 1 ? min : Math.max(values[0]!, min);
      values[last] = counts[last] === 1 ? max : Math.min(values[last]!, max);
    }
    return { count, sum, min, max, values, counts };
  }
}
