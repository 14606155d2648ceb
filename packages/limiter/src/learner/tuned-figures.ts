// What the learner was tuned with, in one place: by the simulations of `bench/limiter` (decisions 0041 to 0043).

/** Unused permission that is kept, in seconds of it: timers come late. */
export const catchUpS = 0.05;
/** Calls in flight that are never too many once a rate is known, in seconds of that rate. */
export const harmlessS = 0.25;
/** Calls in flight for which room is made once a rate is known. */
export const roomOnceKnown = 32;
/** Calls accepted between two throttles before they bound a known rate. */
export const acceptedToBound = 12;
/** Failures in a row that look like an outage. */
export const failuresToClose = 3;
/** What the latest answer weighs in the share of failures: 1 / 64. */
export const failureMemory = 0.015625;

/** The lowest rate, in calls per second. */
export const slowest = 0.1;
/** What one throttle takes off the rate, and the most that a bound on the rate may take off with it. */
export const cut = 0.13;
export const deepestCut = 0.4;
/** Growth doubles once so many expected intervals between throttles have passed without one, and rises with the fourth power of them. */
export const patience = 2.2;
/** Intervals credited in advance to a rate that is a guess. */
export const headStart = 3;
/** In e-folds. */
export const maxGrowthPerSecond = 4;
