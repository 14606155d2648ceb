import { throttlesPerSecond } from "./throttle-target.ts";
import type { Tuning } from "./tuning.ts";

/** Why a rate changed: it was learnt, a throttle cut it, or it has grown by a tenth. */
export type RateChange = "learnt" | "throttled" | "grown";

const slowest = 0.1;

/**
 * The rate a server seems to allow: unknown (`Infinity`) until it is learnt, cut by throttles, growing while calls
 * wait and none is throttled, the faster the longer that lasts. Time without demand changes nothing.
 */
export class LearntRate {
  readonly #tuning: Tuning;
  readonly #onChange: ((perSecond: number, reason: RateChange) => void) | undefined;
  #perSecond = Number.POSITIVE_INFINITY;
  #reportedPerSecond = Number.POSITIVE_INFINITY;
  #quietMs = 0;
  #headStart = 0;
  #grownAt = 0;

  constructor(tuning: Tuning, onChange: ((perSecond: number, reason: RateChange) => void) | undefined) {
    this.#tuning = tuning;
    this.#onChange = onChange;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  get known(): boolean {
    return this.#perSecond !== Number.POSITIVE_INFINITY;
  }

  learn(perSecond: number): void {
    this.#headStart = this.#tuning.headStart;
    this.#quietMs = 0;
    this.#set(perSecond, "learnt");
  }

  /** A throttle: a little less, or what `bound` says if that is less still. */
  cut(bound: number): void {
    const { cut, deepestCut, headStart } = this.#tuning;
    const little = this.#perSecond * (1 - cut);
    const deepest = this.#perSecond * (1 - deepestCut);
    // After a deep cut the rate is a guess again, and may be too low.
    this.#headStart = bound < deepest ? headStart : Math.max(0, this.#headStart - 1);
    this.#quietMs = 0;
    this.#set(Math.max(deepest, Math.min(little, bound)), "throttled");
  }

  /** Time went by without growth: nothing was sent, or a gate was closed. */
  skipTo(now: number): void {
    this.#grownAt = now;
  }

  /** Grows for the time since the last growth, if calls had to wait in it. */
  grow(now: number, waited: boolean): void {
    if (!this.known) return;
    const elapsedMs = Math.min(now - this.#grownAt, 2_000 / this.#perSecond + 50);
    this.#grownAt = now;
    if (!waited || elapsedMs <= 0) return;
    const { cut, patience, impatience, maxGrowthPerSecond } = this.#tuning;
    const throttles = throttlesPerSecond(this.#perSecond, this.#tuning);
    this.#quietMs += elapsedMs;
    const intervals = this.#headStart + (this.#quietMs * throttles) / 1_000;
    const hurry = 1 + (intervals / patience) ** impatience;
    const growthPerSecond = Math.min(cut * throttles * hurry, maxGrowthPerSecond);
    this.#set(this.#perSecond * Math.exp((growthPerSecond * elapsedMs) / 1_000), "grown");
  }

  #set(perSecond: number, reason: RateChange): void {
    this.#perSecond = Math.max(perSecond, slowest);
    if (reason === "grown" && this.#perSecond < this.#reportedPerSecond * 1.1) return;
    this.#reportedPerSecond = this.#perSecond;
    this.#onChange?.(this.#perSecond, reason);
  }
}
