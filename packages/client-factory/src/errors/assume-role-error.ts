import { AwsError } from "./aws-error.ts";

/** A role could not be assumed. `cause` is what STS said. */
export class AssumeRoleError extends AwsError {
  override readonly name = "AssumeRoleError";
  readonly code = "ERR_ASSUME_ROLE"; // recognised by code: two copies of this package may be installed
}
