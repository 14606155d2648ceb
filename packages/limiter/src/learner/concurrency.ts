/** Calls in flight at the start, while nothing is known, and never fewer for their latency. */
const firstLimit = 8;
const answersToGrow = 3;
const leastSamples = 16;
const leastWindowMs = 100;
const trialShare = 0.8;
const heldShare = 0.9;

/**
 * Learns how many calls may be in flight, from their latency.
 *
 * Grows by a third with each round of calls while latency stays low, then by its square root. When calls in flight
 * fill the limit and latency is twice what it was at best, it tries with fewer: if as many calls are answered as
 * before, the rest only queued, and it stays; if fewer are, the service has become slower by itself, and that is the
 * new measure.
 */
export class Concurrency {
  /** How many calls may be in flight: as many as are whole in it. */
  limit: number = firstLimit;
  #isSearching = true;
  #bestMs = Infinity;
  #windowStart: number | undefined;
  #samples = 0;
  #totalMs = 0;
  #most = 0;
  /** The limit before the trial under way, and the answers per millisecond it gave. */
  #trial: readonly [limit: number, perMs: number] | undefined;

  /** Starts anew from `limit`. */
  restart(limit: number): void {
    this.limit = limit;
    this.#isSearching = true;
    this.#trial = undefined;
    this.#begin(undefined);
  }

  /** Makes room at once for at least `limit`. */
  allow(limit: number): void {
    this.limit = Math.max(this.limit, limit);
  }

  answered(latencyMs: number, inFlight: number, now: number): void {
    this.#windowStart ??= now - latencyMs;
    this.#samples += 1;
    this.#totalMs += latencyMs;
    this.#most = Math.max(this.#most, inFlight);
    if (this.#isSearching && inFlight >= this.limit / 2) this.limit += 1 / answersToGrow;
    const windowMs = now - this.#windowStart;
    if (this.#samples >= Math.max(leastSamples, this.limit) && windowMs >= leastWindowMs) {
      this.#review(this.#totalMs / this.#samples, this.#samples / windowMs);
      this.#begin(now);
    }
  }

  #begin(now: number | undefined): void {
    this.#windowStart = now;
    this.#samples = 0;
    this.#totalMs = 0;
    this.#most = 0;
  }

  #review(meanMs: number, perMs: number): void {
    const trial = this.#trial;
    this.#trial = undefined;
    this.#bestMs = Math.min(meanMs, this.#bestMs);
    if (trial && perMs < trial[1] * heldShare) {
      this.limit = trial[0];
      this.#bestMs = meanMs;
    } else if (trial || this.#most >= this.limit * 0.75) {
      // A few milliseconds are the doing of this process as likely as of the service.
      if (meanMs > this.#bestMs * 2 + 10) {
        this.#isSearching = false;
        this.#trial = [this.limit, perMs];
        this.limit = Math.max(firstLimit, this.limit * trialShare);
      } else if (!trial && !this.#isSearching) this.limit += Math.sqrt(this.limit);
    }
  }
}
