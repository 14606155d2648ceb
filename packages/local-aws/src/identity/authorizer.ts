import { deniedMessage } from "../faults/fault-error.ts";
import { evaluatePolicies } from "../iam/evaluate-policy.ts";
import type { RoleStore } from "../iam/role-store.ts";
import { refusal } from "../server/front-door-errors.ts";
import type { IncomingCall } from "../server/incoming-call.ts";
import type { Service } from "../server/service.ts";
import type { Principal } from "./principal.ts";

/** Asks the policies of a session's role. Local users may do everything. */
export function authorizer(roles: RoleStore): (principal: Principal, call: IncomingCall, service: Service) => void {
  return (principal, call, service) => {
    if (principal.roleName === undefined || call.operation === "GetCallerIdentity") return;
    const role = roles.find(principal.account, principal.roleName);
    const policies = role === undefined ? [] : [...role.policies.values()];
    const action = `${service.actionPrefix}:${call.operation}`;
    const resource = service.resource?.(call.input, call) ?? "*";
    const context = {
      "aws:principalarn": principal.arn,
      "aws:principalaccount": principal.account,
      "aws:requestedregion": call.region,
    };
    const verdict = evaluatePolicies(policies, { action, resource, context });
    if (verdict === "allowed") return;
    const message = deniedMessage({ principalArn: principal.arn, action, resource });
    throw refusal(
      service.errors.denied,
      verdict === "implicitDeny"
        ? message
        : message.replace(/ because .*/, " with an explicit deny in an identity-based policy"),
    );
  };
}
