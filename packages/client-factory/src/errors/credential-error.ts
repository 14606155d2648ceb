import { AwsError } from "./aws-error.ts";
import type { AwsFacts } from "./aws-facts.ts";

/** There are no usable credentials, or they are not those of the account that was expected. */
export class CredentialError extends AwsError {
  override readonly name = "CredentialError";

  constructor(message: string, facts: AwsFacts, options?: ErrorOptions) {
    super("ERR_CREDENTIALS", "authentication", message, facts, options);
  }
}
