import type { ErrorKind, Fault, Severity } from "./classification.ts";
import { type ErrorFields, textOf } from "./error-fields.ts";
import { isAdvice, severityAndFaultOf } from "./known-codes.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What an error says of itself: a `HoldfastError` of any copy of this package, or its JSON. Recognised by a
 * `kind` and a `retry` that are words of ours, so that a foreign `kind` decides nothing.
 */
export function declaredVerdict(error: ErrorFields): Verdict | undefined {
  const { kind } = error;
  const standard = severityAndFaultOf(kind);
  if (!standard) return undefined;
  const { retry } = error;
  if (!isAdvice(retry)) return undefined;
  return {
    kind: kind as ErrorKind,
    retry,
    fault: (textOf(error.fault) ?? standard[1]) as Fault,
    severity: (textOf(error.severity) ?? standard[0]) as Severity,
  };
}
