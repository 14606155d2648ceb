import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";

/** Whether the request proves a second factor: any six digits do, but 000000, which is a wrong code. */
export function provesMfa(input: Fields): boolean {
  const { SerialNumber, TokenCode } = input;
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  if (typeof SerialNumber !== "string" || typeof TokenCode !== "string" || !/^\d{6}$/.test(TokenCode)) {
    throw new ServiceError("ValidationError", "MFA needs both SerialNumber and a TokenCode of six digits.");
  }
  if (TokenCode === "000000") {
    throw new ServiceError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", {
      status: 403,
    });
  }
  return true;
}
