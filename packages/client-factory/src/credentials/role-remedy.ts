import type { RemediationStep } from "@holdfast/errors";
import type { AssumeRoleOptions } from "./assume-role-options.ts";

/** What to do when STS refuses a role: its AccessDenied is the same for a missing role, a wrong trust and a wrong external id. */
export function remedyForRole(awsCode: string | undefined, options: AssumeRoleOptions): RemediationStep[] {
  return stepsFor(awsCode, options).map((text) => ({ text }));
}

function stepsFor(awsCode: string | undefined, options: AssumeRoleOptions): string[] {
  if (awsCode === "AccessDenied" || awsCode === "AccessDeniedException") {
    const { externalId, mfaSerial, sessionTags, sourceIdentity } = options;
    return [
      "check that the role exists and that its trust policy names the caller",
      externalId === undefined
        ? "if the trust policy asks for an external id, give `externalId`"
        : "check that the trust policy's sts:ExternalId is the one given",
      ...(mfaSerial === undefined ? [] : ["check that the MFA code was fresh: each can be used once"]),
      ...(sessionTags === undefined ? [] : ["allow sts:TagSession in the trust policy"]),
      ...(sourceIdentity === undefined ? [] : ["allow sts:SetSourceIdentity in the trust policy"]),
      "allow the caller sts:AssumeRole on the role",
    ];
  }
  if (awsCode === "ValidationError") return ["check `durationSeconds` against the role's maximum session duration"];
  if (awsCode === "RegionDisabledException") return ["enable STS in the region, or give `region`"];
  if (awsCode === "PackedPolicyTooLarge") return ["make `policy` or `sessionTags` smaller"];
  return [];
}
