import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import type { Evidence } from "./evidence.ts";

/** The part of a classification that a code decides. */
export interface Verdict {
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  /** Looks closer, for the few codes that mean several things. */
  readonly refine: Refine | undefined;
}

/** The code that an error should rather have had, if any. */
export type Refine = (evidence: Evidence) => string | false | undefined;
