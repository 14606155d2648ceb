import type { RemediationStep } from "@holdfast/errors";

/** Where a credential, a region or a role failed. Absent facts are `undefined`. Never a secret. */
export interface AwsFacts {
  /** E.g. `STS`. */
  readonly service?: string | undefined;
  readonly region?: string | undefined;
  /** E.g. `AssumeRole`. */
  readonly operation?: string | undefined;
  /** The code AWS or the SDK gave, e.g. `AccessDenied`. */
  readonly awsCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly profile?: string | undefined;
  /** The ARN of the role that was to be assumed. */
  readonly role?: string | undefined;
  /** What to do next, in order. */
  readonly remediation?: readonly RemediationStep[] | undefined;
}

/** The facts that an error of the SDK carries. */
export function factsOf(error: unknown): Pick<AwsFacts, "awsCode" | "requestId"> {
  if (typeof error !== "object" || error === null) return {};
  const { name, $metadata } = error as { name?: unknown; $metadata?: { requestId?: unknown } };
  const requestId = $metadata?.requestId;
  return {
    awsCode: typeof name === "string" ? name : undefined,
    requestId: typeof requestId === "string" ? requestId : undefined,
  };
}
