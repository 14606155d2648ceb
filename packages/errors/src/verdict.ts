import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import type { ErrorFields } from "./error-fields.ts";

/** The part of a classification that a code decides. */
export interface Verdict {
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  /** Looks closer, for the few codes that mean several things. */
  readonly refine: Refine | undefined;
}

export type Refine = (verdict: Verdict, error: ErrorFields, surroundings: Surroundings) => Verdict;

/** What is already known of the error that a refinement looks at. */
export interface Surroundings {
  /** The SDK's `$metadata`. */
  readonly metadata: ErrorFields | undefined;
  readonly service: string | undefined;
  readonly queuedRequests: number;
}

// How much an operator must care; `low` is what a program meets on a good day.
const kindsBySeverity: Readonly<Record<Severity, string>> = {
  low: "aborted throttling conflict",
  medium: "timeout network service not-found validation circuit-open limit-reached unknown",
  high: "quota authentication authorization configuration dependency state storage encryption provisioning",
  critical: "defect",
};

/** How grave an error of this kind is, unless more is known. Its keys are all the kinds there are. */
export const severityByKind: ReadonlyMap<unknown, Severity> = new Map(
  Object.entries(kindsBySeverity).flatMap(([severity, kinds]) =>
    kinds.split(" ").map((kind) => [kind, severity as Severity] as const),
  ),
);

export function verdict(kind: ErrorKind, retry: RetryAdvice, fault: Fault, refine?: Refine): Verdict {
  return { kind, retry, fault, severity: severityByKind.get(kind) as Severity, refine };
}
