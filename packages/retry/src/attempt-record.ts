import type { Attempt } from "@holdfast/errors";

/** The most attempts a ledger lists: the last ones. Their numbers tell how many went before. */
const longestLedger = 100;

/** Adds an attempt to a ledger under way, which forgets its oldest when full. */
export function recordAttempt(attempts: Attempt[], attempt: Attempt): void {
  if (attempts.length === longestLedger) attempts.shift();
  attempts.push(attempt);
}

/** Leaves something on an error: its ledger, for `attemptsOf`. A primitive or a frozen object cannot carry it; the events tell it. */
export function attach(error: unknown, key: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  } catch {
    // no object, frozen, or a proxy that refuses
  }
}
