/** A moment at which the server had no token left, and how many calls it had accepted until then. */
interface EmptyMoment {
  readonly at: number;
  readonly accepted: number;
}

const remembered = 8;

/**
 * The last moments at which a throttle showed the server's bucket to be empty.
 *
 * Between two of them it gave out exactly what came in: with n calls accepted in t seconds, the rate is less
 * than (n + 1) / t. No guess about the size of the bucket is needed.
 */
export class EmptyMoments {
  #moments: readonly EmptyMoment[] = [];

  /** Calls per second that the allowed rate cannot exceed; `Infinity` while nothing is known. */
  upperBound(now: number, accepted: number, leastAccepted: number, longestMs: number): number {
    let bound = Infinity;
    for (const moment of this.#moments) {
      const between = accepted - moment.accepted;
      if (between < leastAccepted || now <= moment.at || now - moment.at > longestMs) continue;
      bound = Math.min(bound, ((between + 1) * 1000) / (now - moment.at));
    }
    return bound;
  }

  add(at: number, accepted: number): void {
    this.#moments = [...this.#moments.slice(-(remembered - 1)), { at, accepted }];
  }
}
