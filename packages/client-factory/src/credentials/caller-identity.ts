import { assertKnownOptions } from "@holdfast/errors/policy";
import { assertAccountId, assertRegionName } from "../assert-place.ts";

export interface ValidateCredentialsOptions {
  /** The account these must be the credentials of. */
  readonly expectedAccount?: string | undefined;
  /** E.g. `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`. */
  readonly expectedPartition?: string | undefined;
  /** Regions that will be used: each is asked, so that one that is not enabled is known now. */
  readonly regions?: readonly string[] | undefined;
  /** Actions that will be needed, e.g. `secretsmanager:PutSecretValue`: IAM is asked whether they are allowed. Needs `@aws-sdk/client-iam`. */
  readonly actions?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const validateOptionNames: Readonly<Record<keyof ValidateCredentialsOptions, true>> = {
  expectedAccount: true,
  expectedPartition: true,
  regions: true,
  actions: true,
  signal: true,
};

/** Who the credentials are. */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  readonly partition: string;
  /** Where they come from, in words. */
  readonly source: string;
  /** Milliseconds since the epoch; `undefined` for fixed keys. */
  readonly expiresAt: number | undefined;
  /** How far AWS's clock is ahead of this machine's, in milliseconds, to the second; `undefined` if it did not say. */
  readonly clockOffsetMs: number | undefined;
}

/** Throws an `OptionError` for options that cannot be right. */
export function assertValidateOptions(options: ValidateCredentialsOptions): void {
  assertKnownOptions("validateCredentials()", options, validateOptionNames);
  assertAccountId("expectedAccount", options.expectedAccount);
  for (const [index, region] of (options.regions ?? []).entries()) assertRegionName(`regions[${index}]`, region);
}
