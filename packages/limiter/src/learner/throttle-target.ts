import type { Tuning } from "./tuning.ts";

/**
 * How many throttles per second a client of this rate aims for, by growing while there are fewer.
 *
 * The slower the client, the larger the share of its calls: of several on one bucket, which all see the same
 * share, those below the fair rate find it smaller than their target and grow, those above it shrink.
 */
export function throttlesPerSecond(perSecond: number, tuning: Tuning): number {
  const { throttledRatio, referencePerSecond, fairness, maxThrottledRatio, leastThrottlesPerSecond } = tuning;
  const ratio = softened(throttledRatio * (referencePerSecond / perSecond) ** fairness, tuning);
  const least = Math.min(leastThrottlesPerSecond / perSecond, leastKnowable);
  return perSecond * Math.min(maxThrottledRatio, Math.max(ratio, least));
}

// So many throttles of all calls tell a slow client enough.
const leastKnowable = 0.1;

function softened(ratio: number, { steepUpTo, gentleness }: Tuning): number {
  return ratio <= steepUpTo ? ratio : steepUpTo * (ratio / steepUpTo) ** gentleness;
}
