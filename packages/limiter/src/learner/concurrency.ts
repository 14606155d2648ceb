/**
 * Learns how many calls may be in flight, from their latency.
 *
 * Doubles while latency stays low, then grows by its square root. When calls in flight fill the limit and latency
 * is twice what it was at best, it tries with fewer: if as many calls are answered as before, the rest only
 * queued, and it stays; if fewer are, the service has become slower by itself, and that is the new measure.
 */
export class Concurrency {
  #limit: number;
  #doubling = true;
  #bestMs = Number.POSITIVE_INFINITY;
  #windowStart = Number.NaN;
  #samples = 0;
  #totalMs = 0;
  #most = 0;
  #trial: { readonly limit: number; readonly perMs: number } | undefined;

  readonly #max: number;
  readonly #min: number;

  constructor(first: number, max: number) {
    this.#limit = Math.min(first, max);
    this.#min = Math.min(first, max);
    this.#max = max;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Starts anew from `limit`, doubling. */
  restart(limit: number): void {
    this.#limit = Math.max(1, Math.min(limit, this.#max));
    this.#doubling = true;
    this.#trial = undefined;
    this.#windowStart = Number.NaN;
  }

  /** Makes room at once for at least `limit`. */
  allow(limit: number): void {
    this.#limit = Math.max(this.#limit, Math.min(limit, this.#max));
  }

  answered(latencyMs: number, inFlight: number, now: number): void {
    if (Number.isNaN(this.#windowStart)) this.#begin(now - latencyMs);
    this.#samples += 1;
    this.#totalMs += latencyMs;
    if (inFlight > this.#most) this.#most = inFlight;
    if (this.#doubling && inFlight >= this.#limit / 2) this.#limit = Math.min(this.#max, this.#limit + growthPerAnswer);
    const enough = this.#samples >= Math.max(leastSamples, this.#limit);
    if (enough && now - this.#windowStart >= leastWindowMs) this.#review(now);
  }

  #begin(now: number): void {
    this.#windowStart = now;
    this.#samples = 0;
    this.#totalMs = 0;
    this.#most = 0;
  }

  #review(now: number): void {
    const meanMs = this.#totalMs / this.#samples;
    const perMs = this.#samples / Math.max(now - this.#windowStart, 0.001);
    const full = this.#most >= this.#limit * 0.75;
    this.#bestMs = Math.min(meanMs, this.#bestMs);
    if (this.#trial !== undefined) this.#concludeTrial(this.#trial, meanMs, perMs);
    else if (full && this.#isSlow(meanMs)) this.#beginTrial(perMs);
    else if (full && !this.#doubling) this.#limit = Math.min(this.#max, this.#limit + Math.sqrt(this.#limit));
    this.#begin(now);
  }

  // A few milliseconds are the doing of this process as likely as of the service.
  #isSlow(meanMs: number): boolean {
    return meanMs > this.#bestMs * tolerated + noiseMs;
  }

  #beginTrial(perMs: number): void {
    this.#doubling = false;
    this.#trial = { limit: this.#limit, perMs };
    this.#limit = Math.max(this.#min, this.#limit * trialShare);
  }

  #concludeTrial(before: { readonly limit: number; readonly perMs: number }, meanMs: number, perMs: number): void {
    this.#trial = undefined;
    if (perMs >= before.perMs * heldShare) {
      if (this.#isSlow(meanMs)) this.#beginTrial(perMs);
      return;
    }
    this.#limit = before.limit;
    this.#bestMs = meanMs;
  }
}

const growthPerAnswer = 1 / 3;
const leastSamples = 16;
const leastWindowMs = 100;
const tolerated = 2;
const noiseMs = 10;
const trialShare = 0.8;
const heldShare = 0.9;
