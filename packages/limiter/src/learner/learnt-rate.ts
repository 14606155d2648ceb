import { throttlesPerSecond } from "./throttle-target.ts";
import { cut, deepestCut, headStart, maxGrowthPerSecond, patience, slowest } from "./tuned-figures.ts";

/** Why a rate changed: it was learnt, a throttle cut it, or it has grown by a tenth. */
export type RateChange = "learnt" | "throttled" | "grown";

/**
 * The rate a server seems to allow: unknown (`Infinity`) until it is learnt, cut by throttles, growing while calls
 * wait and none is throttled, the faster the longer that lasts. Time without demand changes nothing.
 */
export class LearntRate {
  readonly #onChange: ((perSecond: number, reason: RateChange) => void) | undefined;
  #perSecond = Infinity;
  #reportedPerSecond = 0;
  /** Expected intervals between throttles that have passed without one, and what they begin with after the next. */
  #quietIntervals = 0;
  #headStart = 0;
  #grownAt = 0;

  constructor(onChange?: (perSecond: number, reason: RateChange) => void) {
    this.#onChange = onChange;
  }

  /** `undefined` until it is learnt. */
  get perSecond(): number | undefined {
    return this.#perSecond < Infinity ? this.#perSecond : undefined;
  }

  learn(perSecond: number): void {
    this.#startFrom(perSecond, headStart, "learnt");
  }

  /** A throttle: a little less, or what `bound` says if that is less still. The rate from now on. */
  cut(bound: number): number {
    const deepest = this.#perSecond * (1 - deepestCut);
    const perSecond = Math.max(deepest, Math.min(this.#perSecond * (1 - cut), bound));
    // After a deep cut the rate is a guess again, and may be too low.
    this.#startFrom(perSecond, bound < deepest ? headStart : Math.max(0, this.#headStart - 1), "throttled");
    return this.#perSecond;
  }

  /** Grows for the time since the last growth, if calls had to wait in it. */
  grow(now: number, waited: boolean): void {
    const elapsedS = Math.min((now - this.#grownAt) / 1_000, 2 / this.#perSecond + 0.05);
    this.#grownAt = now;
    if (this.perSecond === undefined || !waited) return;
    const throttles = throttlesPerSecond(this.#perSecond);
    this.#quietIntervals += elapsedS * throttles;
    const growthPerSecond = cut * throttles * (1 + (this.#quietIntervals / patience) ** 4);
    this.#set(this.#perSecond * Math.exp(Math.min(growthPerSecond, maxGrowthPerSecond) * elapsedS), "grown");
  }

  #startFrom(perSecond: number, quietIntervals: number, reason: RateChange): void {
    this.#headStart = quietIntervals;
    this.#quietIntervals = quietIntervals;
    this.#set(perSecond, reason);
  }

  #set(perSecond: number, reason: RateChange): void {
    this.#perSecond = Math.max(perSecond, slowest);
    if (reason === "grown" && this.#perSecond < this.#reportedPerSecond * 1.1) return;
    this.#reportedPerSecond = this.#perSecond;
    this.#onChange?.(this.#perSecond, reason);
  }
}
