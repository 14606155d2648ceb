import { asList } from "../iam/one-or-more.ts";
import { type PolicyDocument, parsePolicy } from "../iam/policy-document.ts";
import { flag, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import type { SecretStore } from "./secret-store.ts";

/** Says which other accounts may use a secret. */
export function putResourcePolicy(store: SecretStore): Operation {
  return (input, call) => {
    const policy = readPolicy(input);
    const secret = store.findUsable(input, call);
    if (flag(input, "BlockPublicPolicy") === true && isPublic(policy)) {
      throw new ServiceError(
        "PublicPolicyException",
        "You can't use a resource-based policy that allows broad access to the secret when BlockPublicPolicy is true.",
      );
    }
    secret.policy = policy;
    return { ARN: secret.arn, Name: secret.name };
  };
}

export function getResourcePolicy(store: SecretStore): Operation {
  return (input, call) => {
    const { arn, name, policy } = store.findUsable(input, call);
    return { ARN: arn, Name: name, ResourcePolicy: policy === undefined ? undefined : JSON.stringify(policy) };
  };
}

export function deleteResourcePolicy(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findUsable(input, call);
    secret.policy = undefined;
    return { ARN: secret.arn, Name: secret.name };
  };
}

export const validateResourcePolicy: Operation = (input) => {
  const ValidationErrors = isPublic(readPolicy(input))
    ? [{ CheckName: "PUBLIC_POLICY", ErrorMessage: "The policy allows broad access to the secret." }]
    : [];
  return { PolicyValidationPassed: ValidationErrors.length === 0, ValidationErrors };
};

function readPolicy(input: Fields): PolicyDocument {
  const policy = parsePolicy(text(input, "ResourcePolicy") ?? "", "MalformedPolicyDocumentException");
  if (asList(policy.Statement).every(({ Principal }) => Principal !== undefined)) return policy;
  throw new ServiceError(
    "MalformedPolicyDocumentException",
    "This resource policy contains a statement without a Principal.",
  );
}

function isPublic(policy: PolicyDocument): boolean {
  return asList(policy.Statement).some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Allow" &&
      Condition === undefined &&
      (Principal === "*" || (typeof Principal === "object" && asList(Principal.AWS).includes("*"))),
  );
}
