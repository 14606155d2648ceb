import { attemptsOf, type Classification, type Classify } from "@holdfast/errors";

/**
 * Whether an error proves that the call changed nothing: the service refused it (any answer of its own with a 4xx status, throttling
 * included), or it never left (configuration, an open circuit, a full queue).
 *
 * Only the last attempt's answer is in the error. An earlier one may have taken effect although its answer was lost, and the last have
 * failed *because* of that ("already exists"): so every attempt must have been refused. A retry policy's ledger tells; the AWS SDK's own
 * retry only tells how many there were, and then several prove nothing.
 */
export function provesNotApplied(error: unknown, classify: Classify): boolean {
  if (!wasRefused(classify(error))) return false;
  const ledger = attemptsOf(error);
  if (ledger === undefined) return attemptsMade(error) <= 1;
  return ledger.attempts
    .slice(0, -1)
    .every(({ code }) => code !== undefined && wasRefused(classify({ name: code, code })));
}

function wasRefused({ kind, fault, httpStatus }: Classification): boolean {
  switch (kind) {
    case "configuration":
    case "circuit-open":
    case "limit-reached":
    case "throttling":
    case "quota":
      return true;
    case "validation":
    case "authorization":
    case "authentication":
    case "not-found":
      return fault === "client" || fault === "caller";
    case "timeout":
    case "network":
    case "aborted":
      return false; // 408: the service gave up waiting, and knows as little as we do
    default:
      return fault === "client" && httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500;
  }
}

function attemptsMade(error: unknown): number {
  if (error === null || typeof error !== "object") return 1;
  const { attempts } = (error as { readonly $metadata?: { readonly attempts?: unknown } }).$metadata ?? {};
  return typeof attempts === "number" ? attempts : 1;
}
