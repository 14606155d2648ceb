import type { Verdict } from "./verdict.ts";

/** How an admitted call ended. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly slow: boolean;
  readonly error: unknown;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** One object for all successes of which nothing else is known: most calls are such. */
export const plainSuccess: Outcome = { verdict: "success", slow: false, error: undefined, retryAfterMs: undefined };

export const slowSuccess: Outcome = { ...plainSuccess, slow: true };

/** Of a returned value that counts as a failure. The value itself is not kept: it may be a secret. */
export function failedResult(slow: boolean): Outcome {
  const error = new Error("A returned value counted as a failure (option `isFailure` or `filter`)");
  return { verdict: "failure", slow, error, retryAfterMs: undefined };
}
