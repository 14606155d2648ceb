import { type Classification, classify as classifyError } from "@holdfast/errors";
import type { CallContext, CallDetails } from "@holdfast/errors/policy";
import type { CircuitSettings } from "./circuit-settings.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What a failed call says of the service. */
export interface Judgement {
  readonly verdict: Verdict;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Judges an error. */
export function judgeError(settings: CircuitSettings, error: unknown, context: CallContext): Judgement {
  if (context.aborted) return judgeAbort(settings, context);
  const classification = classificationOf(settings, error, context.call);
  return { verdict: verdictOn(settings, error, classification), retryAfterMs: classification.retryAfterMs };
}

/** A timeout around the circuit says that the service hangs; a caller who left says nothing. */
export function judgeAbort(settings: CircuitSettings, { reason, call }: CallContext): Judgement {
  const { kind } = classificationOf(settings, reason, call);
  return { verdict: kind === "timeout" ? "failure" : "ignored", retryAfterMs: undefined };
}

/** Whether a value that was returned counts as a failure. */
export function isFailedResult({ isFailure, filter }: CircuitSettings, value: unknown): boolean {
  try {
    return isFailure?.(value) ?? filter?.resultFilter(value) ?? false;
  } catch {
    return false;
  }
}

// A classifier of the user's own may throw; the error it was given must not be lost for that.
function classificationOf(
  { classify }: CircuitSettings,
  error: unknown,
  call: CallDetails | undefined,
): Classification {
  try {
    return classify(error, call);
  } catch {
    return classifyError(error, call);
  }
}

function verdictOn({ judge, filter }: CircuitSettings, error: unknown, classification: Classification): Verdict {
  const usual = verdictOf(classification);
  try {
    if (filter === undefined) return judge?.(error, classification) ?? usual;
    if (classification.kind === "aborted") return "ignored";
    if (filter.errorFilter(error)) return "failure";
    return usual === "failure" ? "ignored" : usual;
  } catch {
    return usual;
  }
}
