/** Spreads calls evenly at a rate, and makes up for a timer that came late. */
export class Pace {
  readonly #catchUpMs: number;
  #permits = 1;
  #at = Number.NEGATIVE_INFINITY;

  constructor(catchUpMs: number) {
    this.#catchUpMs = catchUpMs;
  }

  /** Takes permission for one call, if there is any. */
  take(now: number, perSecond: number): boolean {
    if (perSecond === Number.POSITIVE_INFINITY) return true;
    this.#advance(now, perSecond);
    if (this.#permits < 1) return false;
    this.#permits -= 1;
    return true;
  }

  /** Milliseconds until there is permission for a call. */
  readyInMs(now: number, perSecond: number): number {
    if (perSecond === Number.POSITIVE_INFINITY) return 0;
    this.#advance(now, perSecond);
    return this.#permits >= 1 ? 0 : ((1 - this.#permits) * 1000) / perSecond;
  }

  /** Starts anew, with nothing saved. */
  restart(now: number): void {
    this.#permits = 0;
    this.#at = now;
  }

  #advance(now: number, perSecond: number): void {
    const elapsedMs = Math.max(0, now - this.#at);
    this.#permits = Math.min(1 + (perSecond * this.#catchUpMs) / 1000, this.#permits + (elapsedMs * perSecond) / 1000);
    this.#at = now;
  }
}
