/** Tokens that come in evenly, and are kept up to `burst`. Time is passed in, in milliseconds. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Tokens there are. */
  tokens(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#tokens;
  }

  /** Takes them if they are there. */
  take(cost: number, now: number): boolean {
    if (this.tokens(now) < cost - rounding) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Gives back what was taken and not used. */
  giveBack(cost: number, now: number): void {
    this.#tokens = Math.min(this.#burst, this.tokens(now) + cost);
  }

  /** Milliseconds until there are so many. */
  readyInMs(cost: number, now: number): number {
    const missing = cost - this.tokens(now);
    return missing <= rounding ? 0 : missing / this.#perMs;
  }
}

// A token that is there but for the rounding of sums is there.
const rounding = 1e-6;
