import { attemptsOf, classify, type ErrorKind } from "@holdfast/errors";

/** What a failed call failed of. */
export interface FailureFacts {
  readonly kind: ErrorKind;
  /** In a line, for people. */
  readonly says: string;
}

const refusals = ["ERR_LIMIT_REACHED", "ERR_CIRCUIT_OPEN"];

/**
 * Looks behind a refusal of our own: where a limiter or a circuit ended the call, what AWS had answered before is why. A
 * throttled call is throttled, whoever gave it up.
 */
export function failureFacts(error: unknown): FailureFacts {
  const { name, message, code }: Error & { code?: unknown } = error instanceof Error ? error : new Error("unknown");
  const says = `${name}: ${message}`;
  if (!refusals.includes(String(code))) return { kind: classify(error).kind, says };
  const codes = (attemptsOf(error)?.attempts ?? []).flatMap((attempt) => attempt.code ?? []);
  const answered = codes.findLast((one) => !refusals.includes(one));
  if (answered === undefined) return { kind: classify(error).kind, says };
  const kind = classify(Object.assign(new Error(), { name: answered })).kind;
  return { kind, says: `${answered}, ${codes.length} times tried; in the end ${says}` };
}
