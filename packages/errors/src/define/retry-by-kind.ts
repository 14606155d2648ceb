import type { ErrorKind, RetryAdvice } from "../classify/classification.ts";

/** Whether an error of this kind may pass, if nothing more is known. */
export function retryByKind(kind: ErrorKind): RetryAdvice {
  switch (kind) {
    case "throttling":
      return "throttling";
    case "service":
    case "limit-reached":
      return "transient";
    case "network":
    case "timeout":
      return "if-idempotent";
    default:
      return "never";
  }
}
