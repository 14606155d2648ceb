import { type Attempt, type AttemptLedger, attemptLedgerKey } from "@holdfast/errors";

/** The most attempts a ledger lists: the last ones. Their numbers tell how many went before. */
const longestLedger = 100;

/** Adds an attempt to a ledger under way, which forgets its oldest when full. */
export function recordAttempt(attempts: Attempt[], attempt: Attempt): void {
  if (attempts.length === longestLedger) attempts.shift();
  attempts.push(attempt);
}

/** Leaves the ledger on the error for `attemptsOf`; a primitive or a frozen object cannot carry it. */
export function attachLedger(error: unknown, ledger: AttemptLedger): void {
  if ((typeof error !== "object" && typeof error !== "function") || error === null) return;
  try {
    Object.defineProperty(error, attemptLedgerKey, { value: ledger, configurable: true, writable: true });
  } catch {
    // frozen, or a proxy that refuses: the give-up event tells it
  }
}
