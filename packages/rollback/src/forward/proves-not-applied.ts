import { attemptsOf, type Classification, type Classify } from "@holdfast/errors";

/**
 * Whether an error proves that the call changed nothing: the service refused it (validation, access, throttling, quota, a failed
 * condition), or it never left (configuration, an open circuit, a full queue).
 *
 * Only the last call's answer is in the error. When there were several, an earlier one may have taken effect although
 * its answer was lost, and the last one failed *because* of that ("already exists"): such an error proves nothing.
 */
export function provesNotApplied(error: unknown, classify: Classify): boolean {
  return attemptsMade(error) <= 1 && wasRefused(classify(error));
}

function wasRefused({ kind, fault }: Classification): boolean {
  switch (kind) {
    case "validation":
    case "authorization":
    case "authentication":
    case "not-found":
    case "conflict":
    case "throttling":
    case "quota":
      return fault === "client" || fault === "caller";
    case "configuration":
    case "circuit-open":
    case "limit-reached":
      return true;
    default:
      return false;
  }
}

function attemptsMade(error: unknown): number {
  const ledger = attemptsOf(error);
  if (ledger !== undefined) return ledger.attempts.length;
  if (error === null || typeof error !== "object") return 1;
  const { attempts } = (error as { readonly $metadata?: { readonly attempts?: unknown } }).$metadata ?? {};
  return typeof attempts === "number" ? attempts : 1;
}
