import { type Verdict, verdict } from "./verdict.ts";

const invalid = verdict("validation", "never", "client");
const failed = verdict("service", "transient", "server");
// A gateway answered for the service, whose fate is unknown: the call may have taken effect.
const gateway = verdict("service", "if-idempotent", "server");
const conflict = verdict("conflict", "transient", "client");
const notFound = verdict("not-found", "never", "client");

/** The one meaning of 429. */
export const tooManyRequests: Verdict = verdict("throttling", "throttling", "client");

const verdictByStatus: ReadonlyMap<number, Verdict> = new Map([
  [401, verdict("authentication", "after-refresh", "client")],
  [403, verdict("authorization", "never", "client")],
  [404, notFound],
  [410, notFound],
  [407, verdict("configuration", "never", "caller")], // a proxy wants credentials
  [408, verdict("timeout", "transient", "network")],
  [409, conflict],
  [412, verdict("conflict", "never", "client")],
  [423, conflict],
  [425, conflict],
  [429, tooManyRequests],
  [500, failed],
  [502, gateway],
  [503, failed],
  [504, gateway],
]);

const unserved = verdict("service", "never", "server"); // 501, 505, …: the SDK does not retry them either

/** What an HTTP status says where no code does; `undefined` below 400. */
export function verdictOfStatus(status: number): Verdict | undefined {
  return verdictByStatus.get(status) ?? (status >= 500 ? unserved : status >= 400 ? invalid : undefined);
}

/**
 * What an answer says that is not in the service's format: a proxy's page, or a body cut off. Something in
 * between spoke, so the fault is the network's; after a 2xx the call has probably taken effect.
 */
export function unreadableAnswer(status: number): Verdict {
  const retry = verdictOfStatus(status)?.retry ?? "if-idempotent";
  return status === 429 ? tooManyRequests : verdict("network", retry === "after-refresh" ? "never" : retry, "network");
}
