import { type InstantClock, instantClock } from "./instant-clock.ts";

/**
 * Options for a policy under test: pauses take no time, and chance always draws the longest.
 * Spread them over a policy's own: `retry({ ...options, ...noWait() })`.
 */
export function noWait(): { readonly clock: InstantClock; readonly random: () => number } {
  return { clock: instantClock(), random: () => 0.999_999 };
}
