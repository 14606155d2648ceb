import { classify, type ErrorKind, HoldfastError, type RemediationStep } from "@holdfast/errors";
import type { AwsFacts } from "./aws-facts.ts";

/** What the errors of this package have in common; see its subclasses. */
export abstract class AwsError extends HoldfastError implements AwsFacts {
  readonly service: string | undefined;
  readonly region: string | undefined;
  readonly operation: string | undefined;
  readonly awsCode: string | undefined;
  readonly requestId: string | undefined;
  readonly profile: string | undefined;
  readonly role: string | undefined;

  constructor(code: string, kind: ErrorKind, message: string, facts: AwsFacts, options?: ErrorOptions) {
    const { remediation = [], ...context } = facts;
    super(withSteps(message, remediation), { code, remediation, context, ...verdictOf(kind, options?.cause) }, options);
    this.service = facts.service;
    this.region = facts.region;
    this.operation = facts.operation;
    this.awsCode = facts.awsCode;
    this.requestId = facts.requestId;
    this.profile = facts.profile;
    this.role = facts.role;
  }
}

function withSteps(message: string, steps: readonly RemediationStep[]): string {
  const told = steps.map(({ text, command }) => (command === undefined ? text : `${text}: ${command}`));
  return [message, ...told].join("; ");
}

// If what lies underneath may pass, as an outage of STS does, then so may this.
function verdictOf(kind: ErrorKind, cause: unknown): Pick<HoldfastError, "kind" | "retry"> {
  if (cause === undefined) return { kind, retry: "never" };
  const said = classify(cause);
  return said.retry === "never" ? { kind, retry: "never" } : { kind: said.kind, retry: said.retry };
}
