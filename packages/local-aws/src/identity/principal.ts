import type { PolicyDocument } from "../iam/policy-document.ts";
import { partitionOf } from "../partition.ts";

/** Who signs a request. */
export interface Principal {
  readonly kind: "user" | "role-session";
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /** True when the credentials are. */
  readonly temporary?: boolean | undefined;
  /** The role behind a session. */
  readonly roleName?: string | undefined;
  /** What the session may do at most, beside its role's policies. */
  readonly sessionPolicy?: PolicyDocument | undefined;
  /** Session tags, by key; they pass on through chained roles when transitive. */
  readonly tags?: ReadonlyMap<string, string> | undefined;
  readonly transitiveTags?: readonly string[] | undefined;
  readonly sourceIdentity?: string | undefined;
  /** True when multi-factor authentication stands behind the credentials. */
  readonly mfa?: boolean | undefined;
}

/** The one user each account starts with, who may do everything. */
export function localUser(account: string, region: string): Principal {
  return {
    kind: "user",
    account,
    arn: `arn:${partitionOf(region)}:iam::${account}:user/local`,
    userId: `AIDALOCL${account}`,
  };
}

/** Every name by which a policy can mean this principal: itself, its account, and its role. */
export function namesOf({ arn, account, roleName }: Principal): readonly string[] {
  const partition = arn.split(":")[1] ?? "aws";
  const names = [arn, account, `arn:${partition}:iam::${account}:root`];
  return roleName === undefined ? names : [...names, `arn:${partition}:iam::${account}:role/${roleName}`];
}
