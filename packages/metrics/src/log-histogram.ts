/** How far a value read from a histogram may lie from the one recorded: 2 %. */
export const relativeError = 0.02;

const growth = (1 + relativeError) / (1 - relativeError);
const binsPerLogUnit = 1 / Math.log(growth);
const firstBins = 32;
const mostBins = 1_024; // spans a factor of 10^17

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
 *
 * The bins are those of DDSketch; past 1,024 of them, the lowest are joined.
 * @see https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
export class LogHistogram {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #zeros = 0;
  readonly #positive: Bins = new Bins();
  #negative: Bins | undefined;

  get count(): number {
    return this.#count;
  }

  /** Records a finite value. */
  record(value: number, times = 1): void {
    this.#count += times;
    this.#sum += value * times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value > 0) this.#positive.add(binOf(value), times);
    else if (value === 0) this.#zeros += times;
    else this.#recordNegative(value, times);
  }

  /** Adds what another histogram held: count, sum and extremes stay exact, and percentiles within 2 %. */
  add({ count, sum, min, max, values, counts }: HistogramData): void {
    const sumBefore = this.#sum;
    for (const [at, value] of values.entries()) this.record(value, counts[at]!);
    if (count === 0) return;
    this.#sum = sumBefore + sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /** What was recorded since the last take; the histogram is empty afterwards. */
  take(): HistogramData {
    const data = this.#read();
    this.#count = this.#sum = this.#zeros = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    this.#positive.clear();
    this.#negative?.clear();
    return data;
  }

  #recordNegative(value: number, times: number): void {
    this.#negative ??= new Bins();
    this.#negative.add(binOf(-value), times);
  }

  #read(): HistogramData {
    const values: number[] = [];
    const counts: number[] = [];
    this.#negative?.readDescending(values, counts);
    if (this.#zeros > 0) {
      values.push(0);
      counts.push(this.#zeros);
    }
    this.#positive.readAscending(values, counts);
    // The first and the last bin hold the extremes: no value lies outside what was seen, and one alone is itself.
    const last = values.length - 1;
    if (last >= 0) {
      values[0] = counts[0] === 1 ? this.#min : Math.max(values[0]!, this.#min);
      values[last] = counts[last] === 1 ? this.#max : Math.min(values[last]!, this.#max);
    }
    return { count: this.#count, sum: this.#sum, min: this.#min, max: this.#max, values, counts };
  }
}

/** The bin of a positive value: bin n holds (growth^(n−1), growth^n]. */
function binOf(value: number): number {
  return Math.ceil(Math.log(value) * binsPerLogUnit);
}

const valueByBin = new Map<number, number>();

/** The value at most 2 % from every value of a bin, to four digits: what is sent is short. */
function middleOf(bin: number): number {
  let value = valueByBin.get(bin);
  if (value === undefined) {
    value = fourDigits((2 * growth ** bin) / (growth + 1));
    if (valueByBin.size < 2 * mostBins) valueByBin.set(bin, value);
  }
  return value;
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

/** A window of neighbouring bins that grows towards what is recorded. */
class Bins {
  #first = 0;
  #counts: Float64Array = new Float64Array(0);

  add(bin: number, times: number): void {
    const at = bin - this.#first;
    if (at >= 0 && at < this.#counts.length) this.#counts[at]! += times;
    else this.#addOutside(bin, times);
  }

  clear(): void {
    this.#counts.fill(0);
  }

  readAscending(values: number[], counts: number[]): void {
    for (let at = 0; at < this.#counts.length; at++) this.#readBin(at, 1, values, counts);
  }

  /** The bins of negative values, whose magnitudes these are. */
  readDescending(values: number[], counts: number[]): void {
    for (let at = this.#counts.length - 1; at >= 0; at--) this.#readBin(at, -1, values, counts);
  }

  #readBin(at: number, sign: 1 | -1, values: number[], counts: number[]): void {
    const count = this.#counts[at]!;
    if (count === 0) return;
    values.push(sign * middleOf(this.#first + at));
    counts.push(count);
  }

  #addOutside(bin: number, times: number): void {
    const empty = this.#counts.length === 0;
    const last = this.#first + this.#counts.length - 1;
    const highest = empty ? bin + firstBins / 2 : bin > last ? bin + firstBins / 2 : last;
    const lowest = empty ? bin - firstBins / 2 : bin < this.#first ? bin - firstBins / 2 : this.#first;
    this.#moveTo(Math.max(lowest, highest - mostBins + 1), highest);
    this.#counts[Math.max(0, bin - this.#first)]! += times;
  }

  #moveTo(first: number, last: number): void {
    const counts = new Float64Array(last - first + 1);
    for (const [at, count] of this.#counts.entries()) counts[Math.max(0, this.#first + at - first)]! += count;
    this.#first = first;
    this.#counts = counts;
  }
}
