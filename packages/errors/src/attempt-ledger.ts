/** Why a retry policy stopped. */
export type StopReason =
  | "attempts"
  | "budget"
  | "deadline"
  | "aborted"
  | "not-retryable"
  | "ambiguous"
  | "circuit-open";

/** One call that was made. */
export interface Attempt {
  /** 1 for the first call. */
  readonly number: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The pause before it, in milliseconds; 0 for the first. */
  readonly delayMs: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
}

/** What a retry policy did before it gave up. */
export interface AttemptLedger {
  readonly attempts: readonly Attempt[];
  readonly stopReason: StopReason;
  readonly elapsedMs: number;
}

/** The key under which a retry policy leaves its ledger on an error; shared by every copy of the package. */
export const attemptLedgerKey: unique symbol = Symbol.for("holdfast.attempts") as never;

/**
 * What was tried before this error reached you, or `undefined` if no retry policy saw it
 * or the error could not carry it (a primitive, or frozen).
 */
export function attemptsOf(error: unknown): AttemptLedger | undefined {
  if (error === null || (typeof error !== "object" && typeof error !== "function")) return undefined;
  try {
    return (error as { readonly [attemptLedgerKey]?: AttemptLedger })[attemptLedgerKey];
  } catch {
    return undefined; // a proxy or a getter that throws
  }
}
