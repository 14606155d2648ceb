/** How far a bin's value may lie from the one recorded: 2 %. */
export const relativeError = 0.02;

const growth = (1 + relativeError) / (1 - relativeError);
const binsPerLogUnit = 1 / Math.log(growth);
const mostBins = 1_024; // spans a factor of 10^17

/**
 * Counts values of one sign in bins whose bounds grow by 4 %: bin n holds magnitudes in (growth^(n−1), growth^n]. The bins
 * are those of DDSketch, a window that grows towards what is recorded; past 1,024 of them, the lowest are joined.
 *
 * @see https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
export class LogBins {
  readonly #sign: number;
  #first = 0;
  readonly #counts: number[] = [];

  constructor(sign: -1 | 0 | 1) {
    this.#sign = sign;
  }

  add(value: number, times: number): void {
    const bin = value && Math.ceil(Math.log(value * this.#sign) * binsPerLogUnit); // zeros have one bin
    let at = bin - this.#first;
    if (at < 0 || at >= this.#counts.length) {
      this.#include(bin);
      at = Math.max(0, bin - this.#first);
    }
    this.#counts[at]! += times;
  }

  /** Appends the bins that hold something, in ascending order of value, and empties them; returns how many values they held. */
  take(values: number[], counts: number[]): number {
    let total = 0;
    for (let at = 0; at < this.#counts.length; at++) {
      const count = this.#counts[at]!;
      if (count === 0) continue;
      values.push(this.#sign * middleOf(this.#first + at));
      counts.push(count);
      total += count;
      this.#counts[at] = 0;
    }
    if (this.#sign < 0) {
      values.reverse();
      counts.reverse();
    }
    return total;
  }

  /** Moves the window's bounds so that it holds this bin. */
  #include(bin: number): void {
    const counts = this.#counts;
    if (counts.length === 0) this.#first = bin;
    while (bin - this.#first >= counts.length) counts.push(0);
    while (bin < this.#first && counts.length < mostBins) {
      counts.unshift(0);
      this.#first--;
    }
    const joined = counts.splice(0, Math.max(0, counts.length - mostBins));
    this.#first += joined.length;
    for (const count of joined) counts[0]! += count;
  }
}

const valueByBin = new Map<number, number>(); // a bin for each of the few numbers that a double's exponent allows

/** The value at most 2 % from every value of a bin, to four digits: what is sent is short. */
function middleOf(bin: number): number {
  let value = valueByBin.get(bin);
  if (value === undefined) {
    value = Number(((2 * growth ** bin) / (growth + 1)).toPrecision(4));
    valueByBin.set(bin, value);
  }
  return value;
}
