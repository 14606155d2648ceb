import { AwsError } from "./aws-error.ts";

/** There are no usable credentials, or they are not those of the account that was expected. */
export class CredentialError extends AwsError {
  override readonly name = "CredentialError";
  readonly code = "ERR_CREDENTIALS"; // recognised by code: two copies of this package may be installed
}
