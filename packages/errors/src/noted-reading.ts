import { type Clock, systemClock } from "./clock.ts";

let noted: number | undefined;

/**
 * Reads a monotonic clock, and notes what the system's said: a policy around that is still calling inwards may take
 * that for the moment at which its call began, and need not read the clock itself.
 */
export function readAndNote(clock: Clock): number {
  const monotonicMs = clock.monotonic();
  if (noted === undefined && clock === systemClock) noted = monotonicMs;
  return monotonicMs;
}

/** A policy is about to call inwards: clears what is noted, and returns it for {@link notedReading} to put back. */
export function clearReading(): number | undefined {
  const around = noted;
  noted = undefined;
  return around;
}

/** The first reading of the system's monotonic clock noted since {@link clearReading}, or a new one. */
export function notedReading(around: number | undefined): number {
  const monotonicMs = noted ?? systemClock.monotonic();
  noted = around ?? monotonicMs;
  return monotonicMs;
}
