import { type ErrorFields, messageOf } from "./error-fields.ts";

const flagsOfCockatiel = ["isBrokenCircuitError", "isBulkheadRejectedError", "isTaskCancelledError"];

// What browsers' fetch says when there is no connection: a TypeError without a code (the SDK's list).
const fetchFailed = /^(Failed to fetch|Network|The Internet|Load failed)/;

/** A known code for an error whose own code or name says little, without a status and without a cause that says more. */
export function lastResort(error: ErrorFields, said: string | undefined): string | undefined {
  if (said) return said === "TypeError" && fetchFailed.test(messageOf(error)) ? "ERR_NETWORK" : undefined;
  return flagsOfCockatiel.find((flag) => error[flag]) ?? codeOfMessage(messageOf(error));
}

// Plain `Error`s of the SDK and of ioredis have only their message.
function codeOfMessage(message: string): string | undefined {
  if (message === "Region is missing") return "ERR_REGION";
  const isReset = message.startsWith("HTTP/2 stream is abn") || message.startsWith("Connection is closed"); // quicker than a pattern
  return isReset ? "ECONNRESET" : undefined;
}
