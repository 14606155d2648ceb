/**
 * The constants of the learner, in one place. They were chosen on simulations of token buckets from 20 to 800
 * calls a second (decision 0041) and checked on limits, windows and fleets that were not used to choose them.
 */
export interface Tuning {
  /** What a throttle takes off the rate: 0.05 is 5 %. */
  readonly cut: number;
  /** The share of throttled calls that growth aims for at `referencePerSecond`. */
  readonly throttledRatio: number;
  readonly referencePerSecond: number;
  /** How much steeper that share grows for slower clients: what makes unequal clients equal. */
  readonly fairness: number;
  /** The most it may be, for the slowest clients. */
  readonly maxThrottledRatio: number;
  /** Growth doubles every so many expected intervals between throttles that pass without one. */
  readonly doublingIntervals: number;
  /** Fastest growth, in e-folds per second. */
  readonly maxGrowthPerSecond: number;
  /** A bound on the rate needs so many calls accepted between two throttles. */
  readonly boundAccepted: number;
  /** How long the pacer may save unused permission, in milliseconds. */
  readonly catchUpMs: number;
  /** Calls in flight at the start, while nothing is known. */
  readonly firstWindow: number;
  /** Failures in a row that look like an outage. */
  readonly failuresToClose: number;
  readonly outagePauseMs: number;
  readonly maxOutagePauseMs: number;
  readonly maxThrottlePauseMs: number;
}

export const tuning: Tuning = {
  cut: 0.05,
  throttledRatio: 0.015,
  referencePerSecond: 200,
  fairness: 1,
  maxThrottledRatio: 0.08,
  doublingIntervals: 0.75,
  maxGrowthPerSecond: 3,
  boundAccepted: 8,
  catchUpMs: 50,
  firstWindow: 4,
  failuresToClose: 4,
  outagePauseMs: 100,
  maxOutagePauseMs: 900,
  maxThrottlePauseMs: 100,
};
