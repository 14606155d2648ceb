import { type ErrorFields, numberIn } from "./error-fields.ts";
import { verdictByCode } from "./known-codes.ts";
import type { Verdict } from "./verdict.ts";

/** The status of an answer as HTTP libraries keep it: as `status` or, where that is a word, as `statusCode`. */
export function statusIn(answer: ErrorFields | null | undefined): number | undefined {
  return asStatus(answer?.status) ?? asStatus(answer?.statusCode);
}

export function asStatus(value: unknown): number | undefined {
  return numberIn(value, 100, 600);
}

/** What an HTTP status says where no code does; `undefined` below 400. Of 5xx, those are retried that the SDK retries. */
export function verdictOfStatus(status: number): Verdict | undefined {
  return verdictByCode.get(`${status}`) ?? verdictByCode.get(status < 400 ? undefined : status < 500 ? "400" : "501");
}

/**
 * What is said by an answer that is not in the service's format: a proxy's page, or a body cut off. Something in
 * between spoke, so the fault is the network's, and fresh credentials for AWS do not help; after a 2xx the call has
 * probably taken effect.
 */
export function verdictOfPage(status: number): Verdict {
  const retry = verdictOfStatus(status)?.retry ?? "if-idempotent";
  return { ...(verdictByCode.get("ECONNRESET") as Verdict), retry: retry === "after-refresh" ? "never" : retry };
}
