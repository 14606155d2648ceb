/** Answers remembered. */
const size = 100;

/** Answers needed before they say anything. */
const enough = 20;

/** How long the last answers took. */
export class LatencyWindow {
  readonly #durations: number[] = [];
  #next = 0;

  add(durationMs: number): void {
    this.#durations[this.#next] = durationMs;
    this.#next = (this.#next + 1) % size;
  }

  /** The duration, in milliseconds, that this share of the answers did not exceed; `undefined` while there are too few. */
  percentile(share: number): number | undefined {
    if (this.#durations.length < enough) return undefined;
    const sorted = [...this.#durations].sort((a, b) => a - b);
    return sorted[Math.ceil(share * sorted.length) - 1];
  }
}
