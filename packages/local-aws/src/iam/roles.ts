import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { asList } from "./one-or-more.ts";
import { type PolicyDocument, parsePolicy } from "./policy-document.ts";
import type { Role, RoleStore } from "./role-store.ts";

export function createRole(roles: RoleStore): Operation {
  return (input, { account, now }) => {
    const name = text(input, "RoleName") ?? "";
    const path = text(input, "Path") ?? "/";
    if (!/^[\w+=,.@-]{1,64}$/.test(name))
      throw invalid(
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
      );
    if (!/^\/([!-~]+\/)?$/.test(path))
      throw invalid(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
      );
    if (roles.find(account, name) !== undefined) {
      throw new ServiceError("EntityAlreadyExists", `Role with name ${name} already exists.`, { status: 409 });
    }
    const role = roles.add({
      account,
      name,
      path,
      arn: `arn:aws:iam::${account}:role${path}${name}`,
      createdAt: now,
      description: text(input, "Description"),
      trustPolicy: readTrustPolicy(input, "AssumeRolePolicyDocument"),
      maxSessionSeconds: readMaxSession(input),
    });
    return { Role: roleOutput(role) };
  };
}

export function getRole(roles: RoleStore): Operation {
  return (input, call) => ({ Role: roleOutput(findRole(roles, input, call)) });
}

export function listRoles(roles: RoleStore): Operation {
  return (input, { account }) => {
    const prefix = text(input, "PathPrefix") ?? "/";
    const found = roles.list(account).filter(({ path }) => path.startsWith(prefix));
    return { Roles: found.map(roleOutput), IsTruncated: false };
  };
}

export function updateRole(roles: RoleStore): Operation {
  return (input, call) => {
    const role = findRole(roles, input, call);
    if (input.MaxSessionDuration !== undefined) role.maxSessionSeconds = readMaxSession(input);
    return {};
  };
}

export function deleteRole(roles: RoleStore): Operation {
  return (input, call) => {
    const role = findRole(roles, input, call);
    if (role.policies.size > 0) {
      throw new ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", { status: 409 });
    }
    roles.delete(role);
    return {};
  };
}

export function updateAssumeRolePolicy(roles: RoleStore): Operation {
  return (input, call) => {
    const role = findRole(roles, input, call);
    role.trustPolicy = readTrustPolicy(input, "PolicyDocument");
    return {};
  };
}

/** The role that `RoleName` names. Throws NoSuchEntity. */
export function findRole(roles: RoleStore, input: Fields, { account }: Pick<ServiceCall, "account">): Role {
  const name = text(input, "RoleName") ?? "";
  const role = roles.find(account, name);
  if (role !== undefined) return role;
  throw new ServiceError("NoSuchEntity", `The role with name ${name} cannot be found.`, { status: 404 });
}

function readTrustPolicy(input: Fields, member: string): PolicyDocument {
  const policy = parsePolicy(text(input, member) ?? "");
  for (const { Principal, Resource } of asList(policy.Statement)) {
    if (Principal === undefined)
      throw new ServiceError("MalformedPolicyDocument", "AssumeRole policy must contain principals.");
    if (Resource !== undefined) throw new ServiceError("MalformedPolicyDocument", "Has prohibited field Resource");
  }
  return policy;
}

function readMaxSession(input: Fields): number {
  const seconds = Number(input.MaxSessionDuration ?? 3_600);
  if (Number.isInteger(seconds) && seconds >= 3_600 && seconds <= 43_200) return seconds;
  throw invalid(
    `1 validation error detected: Value '${String(input.MaxSessionDuration)}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200`,
  );
}

function roleOutput(role: Role): Fields {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Timestamp(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trustPolicy)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError("ValidationError", message);
}
