/**
 * The constants of the learner, in one place. They were chosen in simulation on token buckets of 20 to 800 calls a
 * second (decision 0041), and hold on limits, windows and fleets that were not used to choose them.
 */
export interface Tuning {
  /** What one throttle takes off the rate: 0.13 is 13 %. */
  readonly cut: number;
  /** The most that a bound on the rate may take off with it. */
  readonly deepestCut: number;
  /** Calls accepted between two throttles before they bound the rate. */
  readonly acceptedToBound: number;

  /** The share of its calls a client of `referencePerSecond` lets be throttled. */
  readonly throttledRatio: number;
  readonly referencePerSecond: number;
  /** A client of half the rate lets 2^fairness times that share be throttled, which makes unequal clients equal. */
  readonly fairness: number;
  /** Above this share it rises less steeply: to the power of `gentleness`. */
  readonly steepUpTo: number;
  readonly gentleness: number;
  /** No share is larger. */
  readonly maxThrottledRatio: number;
  /** Fast clients look for more at least so often, in throttles per second. */
  readonly leastThrottlesPerSecond: number;

  /** Growth doubles once this many expected intervals between throttles have passed without one. */
  readonly patience: number;
  /** How sharply it then rises. */
  readonly impatience: number;
  /** Intervals credited in advance to a rate that was only just learnt. */
  readonly headStart: number;
  /** Fastest growth, in e-folds per second. */
  readonly maxGrowthPerSecond: number;

  /** Unused permission that the pacer keeps, in milliseconds of it: timers come late. */
  readonly catchUpMs: number;
  /** Calls in flight at the start, while nothing is known. */
  readonly firstWindow: number;
  /** Calls in flight that are never too many once a rate is known, in milliseconds of that rate. */
  readonly harmlessMs: number;

  /** Failures in a row that look like an outage. */
  readonly failuresToClose: number;
  /** First and longest pause between probes of an outage. */
  readonly outagePauseMs: number;
  readonly maxOutagePauseMs: number;
  /** First and longest pause after a throttle while no rate is known, and longest where one is. */
  readonly unknownPauseMs: number;
  readonly maxUnknownPauseMs: number;
  readonly maxKnownPauseMs: number;
}

export const tuning: Tuning = {
  cut: 0.13,
  deepestCut: 0.4,
  acceptedToBound: 12,

  throttledRatio: 0.007,
  referencePerSecond: 200,
  fairness: 2,
  steepUpTo: 0.06,
  gentleness: 0.4,
  maxThrottledRatio: 0.5,
  leastThrottlesPerSecond: 1.7,

  patience: 2.5,
  impatience: 4,
  headStart: 3,
  maxGrowthPerSecond: 4,

  catchUpMs: 50,
  firstWindow: 8,
  harmlessMs: 250,

  failuresToClose: 3,
  outagePauseMs: 100,
  maxOutagePauseMs: 950,
  unknownPauseMs: 50,
  maxUnknownPauseMs: 2_000,
  maxKnownPauseMs: 500,
};
