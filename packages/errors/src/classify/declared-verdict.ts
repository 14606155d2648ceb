import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import { type ErrorFields, textOf } from "./error-fields.ts";
import { severityAndFaultOf } from "./known-codes.ts";
import type { Verdict } from "./verdict.ts";

const advice = /^(never|transient|throttling|after-refresh|if-idempotent)$/;

/**
 * What an error says of itself: a `HoldfastError` of any copy of this package, or its JSON. Recognised by a
 * `kind` and a `retry` that are words of ours, so that a foreign `kind` decides nothing.
 */
export function declaredVerdict(error: ErrorFields): Verdict | undefined {
  const { kind } = error;
  const standard = severityAndFaultOf(kind);
  if (standard === undefined) return undefined;
  const retry = textOf(error.retry) ?? "";
  if (!advice.test(retry)) return undefined;
  const [severity, fault] = standard;
  return {
    kind: kind as ErrorKind,
    retry: retry as RetryAdvice,
    fault: (textOf(error.fault) ?? fault) as Fault,
    severity: (textOf(error.severity) ?? severity) as Severity,
    refine: undefined,
  };
}
