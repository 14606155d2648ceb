import { verdictByCode } from "./error-codes.ts";
import type { Verdict } from "./verdict.ts";
import { cutOff, intercepted, invalid, tooFast, unavailableBehindGateway, unreachable, unserved } from "./verdicts.ts";

/** What an HTTP status says where no code does; `undefined` below 400. Of 5xx, those are retried that the SDK retries. */
export function verdictOfStatus(status: number): Verdict | undefined {
  return status < 400 ? undefined : (verdictByCode.get(`${status}`) ?? (status < 500 ? invalid : unserved));
}

/**
 * What an answer says that is not in the service's format: a proxy's page, or a body cut off. Something in
 * between spoke, so the fault is the network's; after a 2xx the call has probably taken effect.
 */
export function verdictOfPage(status: number): Verdict {
  const judged = verdictOfStatus(status) ?? unavailableBehindGateway;
  if (judged === tooFast) return tooFast;
  if (judged === unavailableBehindGateway) return cutOff;
  return judged.retry === "transient" ? unreachable : intercepted;
}
