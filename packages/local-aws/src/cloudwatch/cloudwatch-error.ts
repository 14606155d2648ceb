import { ServiceError } from "../protocol/service-error.ts";
import { jsonErrors, queryErrors } from "../server/front-door-errors.ts";
import type { FrontDoorErrors } from "../server/service.ts";

/** CloudWatch's errors: the shape's name, and the older code that query clients are told. */
const errors = {
  InvalidParameterValueException: { queryCode: "InvalidParameterValue", status: 400 },
  InvalidParameterCombinationException: { queryCode: "InvalidParameterCombination", status: 400 },
  MissingRequiredParameterException: { queryCode: "MissingParameter", status: 400 },
  InvalidFormatFault: { queryCode: "InvalidFormat", status: 400 },
  InvalidNextToken: { queryCode: "InvalidNextToken", status: 400 },
  LimitExceededFault: { queryCode: "LimitExceeded", status: 400 },
  ResourceNotFound: { queryCode: "ResourceNotFound", status: 404 },
  DashboardInvalidInputError: { queryCode: "InvalidParameterInput", status: 400 },
  DashboardNotFoundError: { queryCode: "ResourceNotFound", status: 404 },
  ValidationException: { queryCode: "ValidationError", status: 400 },
  RequestEntityTooLarge: { queryCode: "RequestEntityTooLarge", status: 413 },
} as const;

export function cloudWatchError(
  code: keyof typeof errors,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
): ServiceError {
  return new ServiceError(code, message, { ...errors[code], fields });
}

/** Refusals of the front door: JSON's code in the body, the query code in the header. */
export const cloudWatchFrontDoor: FrontDoorErrors = {
  throttled: { code: "Throttling", status: 400 },
  denied: both("denied"),
  expiredToken: both("expiredToken"),
  unknownKey: both("unknownKey"),
  badSignature: both("badSignature"),
  incompleteSignature: both("incompleteSignature"),
  missingToken: both("missingToken"),
  internal: { code: "InternalServiceFault", queryCode: "InternalServiceError", status: 500 },
  unavailable: both("unavailable"),
  unknownOperation: both("unknownOperation"),
};

function both(refusal: keyof FrontDoorErrors): FrontDoorErrors[typeof refusal] {
  return { ...queryErrors[refusal], code: jsonErrors[refusal].code, queryCode: queryErrors[refusal].code };
}
