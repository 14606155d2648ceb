import type { AwsFacts } from "./aws-facts.ts";

/** What the errors of this package have in common; see its subclasses. */
export abstract class AwsError extends Error implements AwsFacts {
  abstract readonly code: string;
  readonly service: string | undefined;
  readonly region: string | undefined;
  readonly operation: string | undefined;
  readonly awsCode: string | undefined;
  readonly requestId: string | undefined;
  readonly profile: string | undefined;
  readonly role: string | undefined;
  readonly remediation: readonly string[];

  constructor(message: string, facts: AwsFacts, options?: ErrorOptions) {
    const { remediation = [] } = facts;
    super(remediation.length === 0 ? message : `${message}; ${remediation.join("; ")}`, options);
    this.service = facts.service;
    this.region = facts.region;
    this.operation = facts.operation;
    this.awsCode = facts.awsCode;
    this.requestId = facts.requestId;
    this.profile = facts.profile;
    this.role = facts.role;
    this.remediation = remediation;
  }
}
