import { type ErrorFields, messageOf } from "./error-fields.ts";
import type { Evidence } from "./evidence.ts";
import { likes } from "./likes.ts";

// Names that say little: the cause is asked first.
const likeByName = likes({
  NOAUTH: "CredentialsProviderError TokenProviderError ProviderError ERR_CREDENTIALS ERR_ASSUME_ROLE",
  SmithyError: "TypeError ReferenceError RangeError SyntaxError",
});

// What a browser's fetch says when there is no connection: a TypeError without a code (the SDK's list).
const fetchFailed =
  /^(Failed to fetch|NetworkError when|The Internet connection appears|Load failed|Network request failed)/;

/** A known code for an error without one, without a status and without a cause that says more. */
export function lastResort({ error, name, code }: Evidence): string | undefined {
  if (name === "Error") return likeByName.get(code) ?? plainError(error);
  if (name === "TypeError" && fetchFailed.test(messageOf(error))) return "ERR_NETWORK";
  return likeByName.get(code) ?? likeByName.get(name);
}

// Plain `Error`s: cockatiel's have a flag, those of the SDK only their message.
function plainError(error: ErrorFields): string | undefined {
  if (error.isBrokenCircuitError === true) return "ERR_CIRCUIT_OPEN";
  if (error.isBulkheadRejectedError === true) return "ERR_LIMIT_REACHED";
  if (error.isTaskCancelledError === true) return "ERR_TIMEOUT";
  const message = messageOf(error);
  if (message === "Region is missing") return "ERR_REGION";
  return message.startsWith("HTTP/2 stream is abnormally aborted") ? "ECONNRESET" : undefined;
}
