import { text } from "../protocol/members.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import type { SecretStore } from "./secret-store.ts";

/** There is no Lambda here, so rotation fails as it does at AWS when the function is missing or may not be called. */
export function rotateSecret(store: SecretStore): Operation {
  return (input, call) => {
    store.findWritable(input, call);
    if (text(input, "RotationLambdaARN") === undefined) {
      throw new ServiceError(
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
      );
    }
    throw new ServiceError(
      "AccessDeniedException",
      "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com",
    );
  };
}

/** Nothing rotates here, so there is nothing to cancel. */
export function cancelRotateSecret(store: SecretStore): Operation {
  return (input, call) => {
    store.findWritable(input, call);
    throw new ServiceError("InvalidRequestException", "The secret isn't configured for rotation.");
  };
}
