import type { Classification, StopReason } from "@holdfast/errors";
import type { CallDetails } from "@holdfast/errors/policy";
import type { RetrySettings } from "./retry-settings.ts";

/** Why this error rules out another attempt, whatever is left of attempts, time and budget; `undefined` if it may pass. */
export function stopReasonOf(
  settings: RetrySettings,
  error: unknown,
  classification: Classification,
  call: CallDetails | undefined,
): StopReason | undefined {
  if (call?.repeatable === false) return "not-retryable";
  if (classification.kind === "circuit-open" && settings.retryIf === undefined) {
    const closesAgain = (classification.retryAfterMs ?? Infinity) < Infinity;
    return settings.whenCircuitOpen === "wait" && closesAgain ? undefined : "circuit-open";
  }
  if (!mayPass(settings, error, classification)) return classification.kind === "aborted" ? "aborted" : "not-retryable";
  return isAmbiguous(classification) && !settings.idempotent(call) ? "ambiguous" : undefined;
}

function mayPass({ retryIf }: RetrySettings, error: unknown, classification: Classification): boolean {
  if (retryIf !== undefined) return retryIf(error, classification);
  const { retry } = classification;
  return retry === "transient" || retry === "throttling" || retry === "if-idempotent";
}

/** Whether the call may have taken effect: it was sent, and no clear answer came. */
function isAmbiguous({ retry, kind, httpStatus = 0, code }: Classification): boolean {
  const failedInside = httpStatus >= 500 || code?.startsWith("Internal") === true;
  return retry === "if-idempotent" || (kind === "service" && failedInside);
}
