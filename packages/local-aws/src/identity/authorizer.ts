import { deniedMessage } from "../faults/fault-error.ts";
import { evaluatePolicies, type PolicyQuestion, type Verdict } from "../iam/evaluate-policies.ts";
import type { RoleStore } from "../iam/role-store.ts";
import { refusal } from "../server/front-door-errors.ts";
import type { IncomingCall } from "../server/incoming-call.ts";
import type { Service } from "../server/service.ts";
import type { Principal } from "./principal.ts";

/** Asks the policies of a session and its role. Local users may do everything; who one is, anyone may ask. */
export function authorizer(roles: RoleStore): (principal: Principal, call: IncomingCall, service: Service) => void {
  return (principal, call, service) => {
    if (principal.roleName === undefined || call.operation === "GetCallerIdentity") return;
    const action = `${service.actionPrefix}:${call.operation}`;
    const resource = service.resource?.(call.input, call) ?? "*";
    const verdict = verdictOn(principal, roles, { action, resource, context: contextOf(principal, call) });
    if (verdict === "allowed") return;
    const message = deniedMessage({ principalArn: principal.arn, action, resource });
    const explicit = " with an explicit deny in an identity-based policy";
    throw refusal(
      service.errors.denied,
      verdict === "implicitDeny" ? message : message.replace(/ because .*/, explicit),
    );
  };
}

// A session policy can only take away from what the role's policies give.
function verdictOn(principal: Principal, roles: RoleStore, question: PolicyQuestion): Verdict {
  const role = roles.find(principal.account, principal.roleName ?? "");
  const byRole = evaluatePolicies([...(role?.policies.values() ?? [])], question);
  if (byRole !== "allowed" || principal.sessionPolicy === undefined) return byRole;
  return evaluatePolicies([principal.sessionPolicy], question);
}

function contextOf({ arn, account, tags = new Map() }: Principal, { region }: IncomingCall): Record<string, string> {
  const tagKeys = [...tags].map(([key, value]) => [`aws:principaltag/${key}`.toLowerCase(), value] as const);
  return {
    "aws:principalarn": arn,
    "aws:principalaccount": account,
    "aws:requestedregion": region,
    ...Object.fromEntries(tagKeys),
  };
}
