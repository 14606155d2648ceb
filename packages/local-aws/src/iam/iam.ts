import { queryErrors } from "../server/front-door-errors.ts";
import type { Operation, Service } from "../server/service.ts";
import { deleteRolePolicy, getRolePolicy, listRolePolicies, putRolePolicy } from "./role-policies.ts";
import type { RoleStore } from "./role-store.ts";
import { createRole, deleteRole, getRole, listRoles, updateAssumeRolePolicy, updateRole } from "./roles.ts";
import { simulatePrincipalPolicy } from "./simulate-principal-policy.ts";

/** Identity and Access Management, as far as roles need it. */
export function iam(roles: RoleStore): Service {
  return {
    signingName: "iam",
    actionPrefix: "iam",
    queryVersion: "2010-05-08",
    errorNamespace: "",
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    errors: queryErrors,
    resource: ({ RoleName }, { account }) =>
      typeof RoleName === "string" ? `arn:aws:iam::${account}:role/${RoleName}` : "*",
    operations: new Map<string, Operation>([
      ["CreateRole", createRole(roles)],
      ["GetRole", getRole(roles)],
      ["ListRoles", listRoles(roles)],
      ["UpdateRole", updateRole(roles)],
      ["DeleteRole", deleteRole(roles)],
      ["UpdateAssumeRolePolicy", updateAssumeRolePolicy(roles)],
      ["PutRolePolicy", putRolePolicy(roles)],
      ["GetRolePolicy", getRolePolicy(roles)],
      ["ListRolePolicies", listRolePolicies(roles)],
      ["DeleteRolePolicy", deleteRolePolicy(roles)],
      ["SimulatePrincipalPolicy", simulatePrincipalPolicy(roles)],
    ]),
  };
}
