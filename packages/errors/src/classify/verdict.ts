import type { ClassificationContext, ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import type { ErrorFields } from "./error-fields.ts";

/** The part of a classification that a code decides. */
export interface Verdict {
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  /** Looks closer, for the few codes that mean several things. */
  readonly refine?: Refine | undefined;
}

/** The code that an error should rather have had, if any. `metadata` is the SDK's `$metadata`. */
export type Refine = (
  error: ErrorFields,
  context: ClassificationContext,
  metadata: ErrorFields | null | undefined,
  service: string | undefined,
) => string | false | null | undefined;
