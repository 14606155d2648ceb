import type { Wish } from "./limit.ts";

// A token that is there but for the rounding of sums is there.
const rounding = 1e-6;

/** Tokens that come in evenly, and are kept up to `burst`. Time is passed in, in milliseconds. */
export class TokenBucket {
  #perMs: number;
  #burst: number;
  #tokens: number;
  #at: number;

  /** Full at first. */
  constructor(now: number, perSecond: number, burst: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** From now on, so many come in, and so many are kept. */
  change(now: number, perSecond: number, burst: number): void {
    this.#advance(now);
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
  }

  /** Loses all that were kept. */
  empty(now: number): void {
    this.#tokens = 0;
    this.#at = now;
  }

  /** Takes them if they are there. */
  take(now: number, wish: Wish): boolean {
    if (this.readyInMs(now, wish) > 0) return false;
    this.#tokens -= wish.cost;
    return true;
  }

  /** Gives back what was taken and not used. */
  giveBack({ cost }: Wish): void {
    this.#tokens += cost; // what is too much overflows with the next that comes in
  }

  /** Milliseconds until there are so many. */
  readyInMs(now: number, { cost }: Wish): number {
    this.#advance(now);
    const missing = cost - this.#tokens;
    return missing <= rounding ? 0 : missing / this.#perMs;
  }

  #advance(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
