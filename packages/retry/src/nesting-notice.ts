import type { CallDetails } from "@holdfast/errors/policy";
import type { AmbientRetry } from "./ambient-retry.ts";
import type { FailureReason } from "./retry-events.ts";
import type { RetrySettings } from "./retry-settings.ts";
import { warn } from "./warn.ts";

const noticed = new WeakSet<RetrySettings>();

/** Says once a policy that it runs inside another retry, or around an SDK client that retries by itself. */
export function noticeNesting(
  settings: RetrySettings,
  around: AmbientRetry | undefined,
  reason: FailureReason,
  call: CallDetails | undefined,
): void {
  if (noticed.has(settings)) return;
  const nesting = nestingOf(around, reason, call);
  if (nesting === undefined) return;
  noticed.add(settings);
  warn(settings, `Retry policy "${settings.name}" runs ${nesting}`);
}

function nestingOf(
  around: AmbientRetry | undefined,
  reason: FailureReason,
  call: CallDetails | undefined,
): string | undefined {
  if (around?.nested === "share") {
    return `inside retry policy "${around.policy}": their attempts multiply. Keep one, or give the outer one nested: "single"`;
  }
  // A policy that runs as the client's own loop knows the call, and the count on the error is its own.
  const attempts = call === undefined && "error" in reason ? sdkAttemptsOf(reason.error) : 0;
  return attempts > 1
    ? `around an AWS client that retries by itself (${attempts} attempts in one call): give it maxAttempts: 1, or use policyPlugin or sdkRetryStrategy`
    : undefined;
}

function sdkAttemptsOf(error: unknown): number {
  try {
    const attempts = (error as { readonly $metadata?: { readonly attempts?: unknown } } | null)?.$metadata?.attempts;
    return typeof attempts === "number" ? attempts : 0;
  } catch {
    return 0; // a proxy or a getter that throws
  }
}
