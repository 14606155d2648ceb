import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { asList } from "./one-or-more.ts";
import { type PolicyDocument, parsePolicy } from "./policy-document.ts";
import type { Role, RoleStore } from "./role-store.ts";
import { findRole } from "./roles.ts";

/** Inline policies: what a role's sessions may do. */
export function putRolePolicy(roles: RoleStore): Operation {
  return (input, call) => {
    const policy = parsePolicy(text(input, "PolicyDocument") ?? "");
    for (const { Principal, Resource, NotResource } of asList(policy.Statement)) {
      if (Principal !== undefined) throw malformed("Policy document should not specify a principal.");
      if (Resource === undefined && NotResource === undefined)
        throw malformed("Policy statement must contain resources.");
    }
    findRole(roles, input, call).policies.set(nameOf(input), policy);
    return {};
  };
}

export function getRolePolicy(roles: RoleStore): Operation {
  return (input, call) => {
    const role = findRole(roles, input, call);
    const document = encodeURIComponent(JSON.stringify(findPolicy(role, input)));
    return { RoleName: role.name, PolicyName: nameOf(input), PolicyDocument: document };
  };
}

export function listRolePolicies(roles: RoleStore): Operation {
  return (input, call) => ({ PolicyNames: [...findRole(roles, input, call).policies.keys()], IsTruncated: false });
}

export function deleteRolePolicy(roles: RoleStore): Operation {
  return (input, call) => {
    const role = findRole(roles, input, call);
    findPolicy(role, input);
    role.policies.delete(nameOf(input));
    return {};
  };
}

function findPolicy(role: Role, input: Fields): PolicyDocument {
  const policy = role.policies.get(nameOf(input));
  if (policy !== undefined) return policy;
  throw new ServiceError("NoSuchEntity", `The role policy with name ${nameOf(input)} cannot be found.`, {
    status: 404,
  });
}

function nameOf(input: Fields): string {
  const name = text(input, "PolicyName") ?? "";
  if (/^[\w+=,.@-]{1,128}$/.test(name)) return name;
  throw new ServiceError(
    "ValidationError",
    "The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
  );
}

function malformed(message: string): ServiceError {
  return new ServiceError("MalformedPolicyDocument", message);
}
