import { type ErrorFields, messageOf } from "./error-fields.ts";
import { type Verdict, verdict } from "./verdict.ts";

const credentials = verdict("authentication", "never", "caller");
const defect = verdict("defect", "never", "caller");
const network = verdict("network", "if-idempotent", "network");
const configuration = verdict("configuration", "never", "caller");

const verdictByName: ReadonlyMap<unknown, Verdict> = new Map([
  ["CredentialsProviderError", credentials],
  ["TokenProviderError", credentials],
  ["ProviderError", credentials],
  ["ERR_CREDENTIALS", credentials],
  ["ERR_ASSUME_ROLE", credentials],
  ["TypeError", defect],
  ["ReferenceError", defect],
  ["RangeError", defect],
  ["SyntaxError", defect],
  ["EvalError", defect],
  ["URIError", defect],
]);

// What a browser's fetch says when there is no connection: a TypeError without a code (the SDK's list).
const browserFetchFailed =
  /^(Failed to fetch|NetworkError when attempting to fetch resource|The Internet connection appears to be offline|Load failed|Network request failed)\.?$/;

/** What is left to say of an error without a known code, status or cause. */
export function lastResort(error: ErrorFields, name: unknown, code: unknown): Verdict | undefined {
  if (name === "TypeError" && browserFetchFailed.test(messageOf(error))) return network;
  return verdictByName.get(code) ?? verdictByName.get(name) ?? cockatielVerdict(error) ?? plainVerdict(error, name);
}

// cockatiel's errors are plain `Error`s with a flag.
function cockatielVerdict(error: ErrorFields): Verdict | undefined {
  if (error.isBrokenCircuitError === true) return verdict("circuit-open", "never", "server");
  if (error.isBulkheadRejectedError === true) return verdict("limit-reached", "transient", "caller");
  if (error.isTaskCancelledError === true) return verdict("timeout", "if-idempotent", "network");
  return undefined;
}

// Plain `Error`s of the SDK, without name or code of their own.
function plainVerdict(error: ErrorFields, name: unknown): Verdict | undefined {
  if (name !== "Error") return undefined;
  const message = messageOf(error);
  if (message === "Region is missing") return configuration;
  return message.startsWith("HTTP/2 stream is abnormally aborted") ? network : undefined;
}
