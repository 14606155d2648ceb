import type { Classification, Classify, ErrorKind } from "@holdfast/errors";
import type { CallContext } from "@holdfast/errors/policy";

/**
 * What a failed call says of the server's limit.
 *
 * - `answered`: the server took the call and did not like it; it counts as any other.
 * - `throttled`: the server refused it because calls come too fast.
 * - `failed`: the server, or the way to it, is broken; that says nothing about its limit.
 * - `unsent`: it never reached the server, or was given up.
 */
export type Outcome = "answered" | "throttled" | "failed" | "unsent";

/** Reads the outcome of a call from its error. A call given up by a timeout around is a failure of the server. */
export function outcomeOf(error: unknown, context: CallContext, classify: Classify): Outcome {
  const classification = classify(context.aborted ? context.reason : error, context.call);
  return (
    outcomeByKind[classification.kind] ??
    (classification.httpStatus === undefined ? "unsent" : fromStatus(classification))
  );
}

function fromStatus({ fault }: Classification): Outcome {
  return fault === "server" ? "failed" : "answered";
}

const outcomeByKind: Readonly<Partial<Record<ErrorKind, Outcome>>> = {
  throttling: "throttled",
  timeout: "failed",
  network: "failed",
  service: "failed",
  aborted: "unsent",
  "circuit-open": "unsent",
  "limit-reached": "unsent",
  configuration: "unsent",
  quota: "answered",
  authentication: "answered",
  authorization: "answered",
  "not-found": "answered",
  conflict: "answered",
  validation: "answered",
};
