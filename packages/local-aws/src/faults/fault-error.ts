import type { ServiceError } from "../protocol/service-error.ts";
import { refusal } from "../server/front-door-errors.ts";
import type { FrontDoorErrors } from "../server/service.ts";
import type { FaultRule } from "./fault-rule.ts";

/** Who wanted what, for the text of a refusal. */
export interface Attempted {
  readonly principalArn: string;
  /** Such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  readonly resource: string;
}

/** The error a rule answers with instead of letting the operation happen; undefined when the rule is of another sort. */
export function faultError(rule: FaultRule, errors: FrontDoorErrors, attempted: Attempted): ServiceError | undefined {
  switch (rule.fault) {
    case "throttle": {
      const code = rule.code === undefined ? errors.throttled : { code: rule.code, status: 400 };
      return refusal(code, "Rate exceeded", retryAfter(rule.retryAfterMs));
    }
    case "rate-limit":
      return refusal(errors.throttled, "Rate exceeded", retryAfter(rule.retryAfterMs));
    case "error": {
      const { status = 500 } = rule;
      const code = rule.code ?? (status === 503 ? errors.unavailable.code : errors.internal.code);
      return refusal({ code, status }, rule.message ?? "An internal error has occurred.", rule.headers);
    }
    case "denied":
      return refusal(errors.denied, rule.message ?? deniedMessage(attempted));
    case "expired-credentials":
      return refusal(errors.expiredToken, "The security token included in the request is expired");
    case "outage":
      return refusal(errors.unavailable, "The service is unavailable. Please try again shortly.");
    default:
      return undefined;
  }
}

/** As IAM words it when no policy allows the action. */
export function deniedMessage({ principalArn, action, resource }: Attempted): string {
  return `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

// Whole seconds go in the standard header; anything finer in the one that AWS added.
function retryAfter(retryAfterMs: number | undefined): Record<string, string> | undefined {
  if (retryAfterMs === undefined) return undefined;
  return retryAfterMs % 1_000 === 0
    ? { "retry-after": String(retryAfterMs / 1_000) }
    : { "x-amz-retry-after": String(Math.round(retryAfterMs)) };
}
