import type { Classification, ErrorKind } from "@holdfast/errors";

/**
 * What a call says of the service behind a circuit.
 *
 * - `failure`: it is unwell. Counts towards opening; fails a probe.
 * - `success`: it works. Ends a run of failures; passes a probe.
 * - `ignored`: nothing, either way. A probe that ends so gives its place to the next call.
 */
export type Verdict = "failure" | "success" | "ignored";

// `answered`: the service looked at the request and refused it, which a service in trouble does not do.
// `by-fault`: the kind alone does not tell who failed.
type Rule = Verdict | "answered" | "by-fault";

const ruleByKind: Readonly<Record<ErrorKind, Rule>> = {
  service: "failure",
  timeout: "failure",
  network: "failure",
  dependency: "failure",
  unknown: "failure", // outside AWS most errors are unknown; a circuit that ignored them would never open
  storage: "by-fault",
  encryption: "by-fault",
  provisioning: "by-fault",
  state: "by-fault",
  "not-found": "answered",
  validation: "answered",
  conflict: "answered",
  authentication: "answered",
  authorization: "answered",
  quota: "answered",
  throttling: "ignored", // the limiter's business: the service is well, the caller too fast
  aborted: "ignored",
  configuration: "ignored",
  "circuit-open": "ignored",
  "limit-reached": "ignored",
  defect: "ignored",
};

/** What an error says of the service, by its classification. */
export function verdictOf({ kind, fault, httpStatus }: Classification): Verdict {
  const rule = ruleByKind[kind] ?? "failure";
  if (rule === "by-fault" && (fault === "server" || fault === "network")) return "failure";
  if (rule === "by-fault" || rule === "answered") return httpStatus === undefined ? "ignored" : "success";
  return rule;
}
