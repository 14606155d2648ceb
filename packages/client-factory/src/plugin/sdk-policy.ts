import { OptionError } from "@holdfast/errors";
import type { CallContext, CallDetails, Next } from "@holdfast/errors/policy";

/** A policy that can run an SDK call: any cockatiel `IPolicy`, and every policy of this house. */
export interface SdkPolicy {
  execute<T>(fn: (context: { readonly signal: AbortSignal }) => Promise<T>, signal?: AbortSignal): Promise<unknown>;
  /** Used instead of `execute` where there is one: it hands the details of the call to the policies inside. */
  executeWithin?<T>(context: CallContext, next: Next<T>): Promise<unknown>;
}

/** Picks the policy of one call: how one plug-in gives a breaker to each region, or a limiter to each account. */
export type SdkPolicySelector = (call: CallDetails) => SdkPolicy;

/** Throws an `OptionError` unless it is a policy. */
export function assertSdkPolicy(policy: SdkPolicy | undefined, expected: string): void {
  if (typeof policy?.execute !== "function") throw new OptionError("policy", expected, policy);
}

interface WithAttempts {
  readonly maxAttempts?: unknown;
  readonly wrapped?: unknown;
}

/** How many attempts a policy allows, if it or one inside it says so. */
export function maxAttemptsOf(policy: unknown, depth = 8): number | undefined {
  if (typeof policy !== "object" || policy === null || depth === 0) return undefined;
  const { maxAttempts, wrapped } = policy as WithAttempts;
  if (typeof maxAttempts === "number" && Number.isFinite(maxAttempts)) return maxAttempts;
  if (!Array.isArray(wrapped)) return undefined;
  for (const inner of wrapped) {
    const found = maxAttemptsOf(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
