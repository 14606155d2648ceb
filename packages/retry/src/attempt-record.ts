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
  if ((typeof error === "object" && error !== null) || typeof error === "function")
    attach(error, attemptLedgerKey, ledger);
}

/** Leaves the error before it on a circuit's refusal that names no cause: the refusal alone does not say what is wrong. */
export function attachCause(error: unknown, before: unknown): void {
  if (before === undefined || before === error || !(error instanceof Error) || error.cause !== undefined) return;
  attach(error, "cause", before);
}

function attach(error: object, key: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  } catch {
    // frozen, or a proxy that refuses: the events tell it
  }
}
