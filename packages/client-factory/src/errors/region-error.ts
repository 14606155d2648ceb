import { AwsError } from "./aws-error.ts";

/** A region is unknown to the account, is of another partition, or was not given. */
export class RegionError extends AwsError {
  override readonly name = "RegionError";
  readonly code = "ERR_REGION"; // recognised by code: two copies of this package may be installed
}
