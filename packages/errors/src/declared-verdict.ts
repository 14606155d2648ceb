import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import type { ErrorFields } from "./error-fields.ts";
import { severityByKind, type Verdict } from "./verdict.ts";

const advice: ReadonlySet<unknown> = new Set<RetryAdvice>([
  "never",
  "transient",
  "throttling",
  "after-refresh",
  "if-idempotent",
]);
const faults: ReadonlySet<unknown> = new Set<Fault>(["caller", "client", "network", "server"]);
const severities: ReadonlySet<unknown> = new Set<Severity>(["low", "medium", "high", "critical"]);

/**
 * What an error says of itself: a `HoldfastError` of any copy of this package, or its JSON. Recognised by a
 * `kind` and a `retry` that are words of ours, so that a foreign `kind` decides nothing.
 */
export function declaredVerdict(error: ErrorFields, kind: unknown): Verdict | undefined {
  const standard = severityByKind.get(kind);
  if (standard === undefined) return undefined;
  const { retry, fault, severity } = error;
  if (!advice.has(retry)) return undefined;
  return {
    kind: kind as ErrorKind,
    retry: retry as RetryAdvice,
    fault: faults.has(fault) ? (fault as Fault) : "caller",
    severity: severities.has(severity) ? (severity as Severity) : standard,
    refine: undefined,
  };
}
