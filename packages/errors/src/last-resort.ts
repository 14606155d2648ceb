import { type ErrorFields, messageOf } from "./error-fields.ts";
import type { Evidence } from "./evidence.ts";
import { byWord, type Verdict } from "./verdict.ts";
import { badCredentials, circuitOpen, cutOff, defect, localLimit, misconfigured, timedOut } from "./verdicts.ts";

// Names that say little: the cause is asked first.
const verdictByName = byWord([
  [badCredentials, "CredentialsProviderError TokenProviderError ProviderError ERR_CREDENTIALS ERR_ASSUME_ROLE"],
  [defect, "TypeError ReferenceError RangeError SyntaxError"],
]);

// What a browser's fetch says when there is no connection: a TypeError without a code (the SDK's list).
const fetchFailed =
  /^(Failed to fetch|NetworkError when attempting to fetch resource|The Internet connection appears to be offline|Load failed|Network request failed)/;

/** What is left to say of an error without a known code, status or cause. */
export function lastResort({ error, name, code }: Evidence): Verdict | undefined {
  if (name === "TypeError" && fetchFailed.test(messageOf(error))) return cutOff;
  return verdictByName.get(code) ?? verdictByName.get(name) ?? (name === "Error" ? plainVerdict(error) : undefined);
}

// Plain `Error`s: cockatiel's have a flag, those of the SDK only their message.
function plainVerdict(error: ErrorFields): Verdict | undefined {
  if (error.isBrokenCircuitError === true) return circuitOpen;
  if (error.isBulkheadRejectedError === true) return localLimit;
  if (error.isTaskCancelledError === true) return timedOut;
  const message = messageOf(error);
  if (message === "Region is missing") return misconfigured;
  return message.startsWith("HTTP/2 stream is abnormally aborted") ? cutOff : undefined;
}
