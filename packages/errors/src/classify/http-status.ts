import { verdictByCode } from "./known-codes.ts";
import type { Verdict } from "./verdict.ts";

/** What an HTTP status says where no code does; `undefined` below 400. Of 5xx, those are retried that the SDK retries. */
export function verdictOfStatus(status: number): Verdict | undefined {
  return verdictByCode.get(`${status}`) ?? verdictByCode.get(status < 400 ? undefined : status < 500 ? "400" : "501");
}

/**
 * A code for an answer that is not in the service's format: a proxy's page, or a body cut off. Something in between
 * spoke, so the fault is the network's; after a 2xx the call has probably taken effect.
 */
export function codeOfPage(status: number): string {
  switch (verdictOfStatus(status)?.retry) {
    case "throttling":
      return "429";
    case "transient":
      return "ECONNREFUSED";
    case undefined:
    case "if-idempotent":
      return "ECONNRESET";
    default:
      return "UNREADABLE";
  }
}
