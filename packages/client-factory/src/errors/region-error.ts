import { AwsError } from "./aws-error.ts";
import type { AwsFacts } from "./aws-facts.ts";

/** A region is not enabled, is of another partition, or was not given. */
export class RegionError extends AwsError {
  override readonly name = "RegionError";

  constructor(message: string, facts: AwsFacts, options?: ErrorOptions) {
    super("ERR_REGION", "configuration", message, facts, options);
  }
}
