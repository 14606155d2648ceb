import { OptionError } from "@holdfast/errors";
import type { RoleOption } from "../client-factory.ts";
import type { AssumeRoleOptions } from "./assume-role-options.ts";

/** Whether these are several roles, each to be assumed from the one before. */
export function isRoleList(role: RoleOption | readonly RoleOption[] | undefined): role is readonly RoleOption[] {
  return Array.isArray(role);
}

/** A role as the options of `assumeRole`. */
export function asRoleOptions(role: RoleOption): AssumeRoleOptions {
  if (typeof role === "string") return { roleArn: role };
  if (typeof role !== "object" || role === null)
    throw new OptionError("role", "a role's ARN or the options of assumeRole", role);
  return role;
}
