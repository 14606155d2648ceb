/**
 * How many throttles per second a client of this rate aims for, by growing while there are fewer.
 *
 * The slower the client, the larger the share of its calls: 0.9 % at 200/s, 3 % at 100/s, 10 % at 35/s, 20 % at 20/s. Of
 * several on one bucket, which all see the same share, those below the fair rate find it smaller than their target and
 * grow, those above it shrink: the steeper the law, the sooner, and the more is rejected (decision 0043).
 */
export function throttlesPerSecond(perSecond: number): number {
  const steep = Math.min(280 / perSecond, 7.2 / perSecond ** 0.2);
  const atLeast = Math.max(1.7, steep); // fast clients look for more so often
  const gentler = Math.min(atLeast, 0.9 * Math.sqrt(perSecond)); // or more would be rejected than accepted
  return Math.max(1, gentler); // a rate learnt while others took all is far too low, and must not grow as slowly
}
