import type { Classification } from "@holdfast/errors";

/**
 * What became of a call that was let in, for what it says of the server's limit.
 *
 * - `answered`: the server took the call, whether or not it liked it.
 * - `throttled`: the server refused it because calls come too fast.
 * - `failed`: the server, or the way to it, is broken; that says nothing about its limit.
 * - `unsent`: it never reached the server, or was given up.
 */
export type Outcome = "answered" | "throttled" | "failed" | "unsent";

/** What became of a call that failed so. */
export function outcomeOf({ kind, fault, httpStatus }: Classification): Outcome {
  if (kind === "throttling") return "throttled";
  if (/timeout|network|service/.test(kind)) return "failed";
  if (/aborted|circuit-open|limit-reached|configuration/.test(kind)) return "unsent";
  if (/quota|auth|not-found|conflict|validation/.test(kind)) return "answered";
  return httpStatus === undefined ? "unsent" : fault === "server" ? "failed" : "answered";
}
