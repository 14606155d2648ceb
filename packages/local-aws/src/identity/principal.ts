import { partitionOf } from "../partition.ts";

/** Who signs a request. */
export interface Principal {
  readonly kind: "user" | "role-session";
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /** The role behind a session. */
  readonly roleName?: string | undefined;
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
