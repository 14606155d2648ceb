import { ServiceError } from "../protocol/service-error.ts";
import type { ErrorCode, FrontDoorErrors } from "./service.ts";

/** Services that speak JSON: every refusal is a 400. */
export const jsonErrors: FrontDoorErrors = {
  throttled: { code: "ThrottlingException", status: 400 },
  denied: { code: "AccessDeniedException", status: 400 },
  expiredToken: { code: "ExpiredTokenException", status: 400 },
  unknownKey: { code: "UnrecognizedClientException", status: 400 },
  badSignature: { code: "InvalidSignatureException", status: 400 },
  incompleteSignature: { code: "IncompleteSignatureException", status: 400 },
  missingToken: { code: "MissingAuthenticationTokenException", status: 400 },
  internal: { code: "InternalFailure", status: 500 },
  unavailable: { code: "ServiceUnavailableException", status: 503 },
  unknownOperation: { code: "UnknownOperationException", status: 400 },
};

/** Services that speak the query protocol: refusals of the caller are 403. */
export const queryErrors: FrontDoorErrors = {
  throttled: { code: "Throttling", status: 400 },
  denied: { code: "AccessDenied", status: 403 },
  expiredToken: { code: "ExpiredToken", status: 403 },
  unknownKey: { code: "InvalidClientTokenId", status: 403 },
  badSignature: { code: "SignatureDoesNotMatch", status: 403 },
  incompleteSignature: { code: "IncompleteSignature", status: 400 },
  missingToken: { code: "MissingAuthenticationToken", status: 403 },
  internal: { code: "InternalFailure", status: 500 },
  unavailable: { code: "ServiceUnavailable", status: 503 },
  unknownOperation: { code: "InvalidAction", status: 400 },
};

export function refusal(
  { code, status, queryCode }: ErrorCode,
  message: string,
  headers?: Readonly<Record<string, string>>,
): ServiceError {
  return new ServiceError(code, message, { status, queryCode, headers });
}
