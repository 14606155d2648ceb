/**
 * How many throttles per second a client of this rate aims for, by growing while there are fewer.
 *
 * The slower the client, the larger the share of its calls: 0.7 % at 200/s, 3 % at 100/s, 20 % at 20/s. Of several on
 * one bucket, which all see the same share, those below the fair rate find it smaller than their target and grow, those
 * above it shrink: the steeper the law, the sooner (decision 0043). A fast client looks for more 1.7 times a second.
 */
export function throttlesPerSecond(perSecond: number): number {
  return Math.min(perSecond / 2, Math.max(1.7, Math.min(280 / perSecond, 7.2 / perSecond ** 0.2)));
}
