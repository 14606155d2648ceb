import type { Classification, ErrorKind } from "@holdfast/errors";
import { expect, test } from "vitest";
import { type Outcome, outcomeOf } from "./outcome.ts";

function ofKind(kind: ErrorKind, facts: Partial<Classification> = {}): Outcome {
  return outcomeOf({
    kind,
    retry: "never",
    fault: "client",
    severity: "low",
    code: undefined,
    service: undefined,
    operation: undefined,
    region: undefined,
    httpStatus: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    ...facts,
  });
}

const byKind: Readonly<Record<ErrorKind, Outcome | "by status">> = {
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
  dependency: "by status",
  state: "by status",
  storage: "by status",
  encryption: "by status",
  provisioning: "by status",
  defect: "by status",
  unknown: "by status",
};

test.each(Object.entries(byKind) as [ErrorKind, Outcome | "by status"][])("takes %s for %s", (kind, outcome) => {
  expect(ofKind(kind)).toBe(outcome === "by status" ? "unsent" : outcome);
  expect(ofKind(kind, { httpStatus: 400 })).toBe(outcome === "by status" ? "answered" : outcome);
  expect(ofKind(kind, { httpStatus: 500, fault: "server" })).toBe(outcome === "by status" ? "failed" : outcome);
});
