import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import { type ErrorFields, textOf } from "./error-fields.ts";
import { traitsByKind, type Verdict } from "./verdict.ts";

const advice = /^(never|transient|throttling|after-refresh|if-idempotent)$/;

/**
 * What an error says of itself: a `HoldfastError` of any copy of this package, or its JSON. Recognised by a
 * `kind` and a `retry` that are words of ours, so that a foreign `kind` decides nothing.
 */
export function declaredVerdict(error: ErrorFields): Verdict | undefined {
  const { kind } = error;
  const traits = kind === undefined ? undefined : traitsByKind.get(kind);
  if (traits === undefined) return undefined;
  const retry = textOf(error.retry) ?? "";
  if (!advice.test(retry)) return undefined;
  return {
    kind: kind as ErrorKind,
    retry: retry as RetryAdvice,
    fault: (textOf(error.fault) ?? traits.fault) as Fault,
    severity: (textOf(error.severity) ?? traits.severity) as Severity,
    refine: undefined,
  };
}
