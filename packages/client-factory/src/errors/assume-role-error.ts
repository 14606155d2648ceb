import { AwsError } from "./aws-error.ts";
import type { AwsFacts } from "./aws-facts.ts";

/** A role could not be assumed. `cause` is what STS said. */
export class AssumeRoleError extends AwsError {
  override readonly name = "AssumeRoleError";

  constructor(message: string, facts: AwsFacts, options?: ErrorOptions) {
    super("ERR_ASSUME_ROLE", "authentication", message, facts, options);
  }
}
