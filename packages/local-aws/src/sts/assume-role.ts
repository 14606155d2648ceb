import { evaluatePolicies } from "../iam/evaluate-policy.ts";
import type { Role, RoleStore } from "../iam/role-store.ts";
import type { AccessKeys } from "../identity/access-keys.ts";
import type { Principal } from "../identity/principal.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { credentialsOutput } from "./credentials-output.ts";
import { provesMfa } from "./mfa.ts";
import { sessionDuration } from "./session-duration.ts";

const chainedSeconds = 3_600;

/** Temporary credentials of a role. A missing role, a trust that says no and a wrong external id are told apart by nobody. */
export function assumeRole(roles: RoleStore, accessKeys: AccessKeys): Operation {
  return (input, { principal, now }) => {
    const { partition, account, name } = parseRoleArn(input.RoleArn);
    const sessionName = checkSessionName(input.RoleSessionName);
    const mfa = provesMfa(input) || principal.mfa === true;
    sessionDuration(input, { standard: chainedSeconds, max: 43_200 });
    const role = roles.find(account, name);
    if (role === undefined || !isNamedBy(role, input.RoleArn) || !trusts(role, principal, input, sessionName, mfa)) {
      throw new ServiceError(
        "AccessDenied",
        `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${String(input.RoleArn)}`,
        { status: 403 },
      );
    }
    const seconds = durationFor(role, principal, input);
    const session: Principal = {
      kind: "role-session",
      account,
      arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      roleName: name,
      mfa,
    };
    return {
      Credentials: credentialsOutput(accessKeys.openSession(session, now + seconds * 1_000)),
      AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
      SourceIdentity: input.SourceIdentity,
    };
  };
}

function parseRoleArn(arn: unknown): { partition: string; account: string; name: string } {
  const parts =
    typeof arn === "string" ? /^arn:(aws[\w-]*):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(arn) : null;
  if (parts === null) throw new ServiceError("ValidationError", `${String(arn)} is invalid`);
  return { partition: parts[1]!, account: parts[2]!, name: parts[3]! };
}

// The path is part of the name; the partition is where the caller stands.
function isNamedBy(role: Role, arn: unknown): boolean {
  return String(arn).split(":").slice(2).join(":") === role.arn.split(":").slice(2).join(":");
}

function checkSessionName(name: unknown): string {
  if (typeof name === "string" && /^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new ServiceError(
    "ValidationError",
    `1 validation error detected: Value '${String(name ?? "null")}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
  );
}

function trusts(role: Role, principal: Principal, input: Fields, sessionName: string, mfa: boolean): boolean {
  const { account, arn, roleName } = principal;
  const partition = arn.split(":")[1]!;
  const question = {
    action: "sts:AssumeRole",
    principals: [
      arn,
      account,
      `arn:${partition}:iam::${account}:root`,
      ...(roleName === undefined ? [] : [`arn:${partition}:iam::${account}:role/${roleName}`]),
    ],
    context: {
      ...(typeof input.ExternalId === "string" ? { "sts:externalid": input.ExternalId } : {}),
      ...(typeof input.SourceIdentity === "string" ? { "sts:sourceidentity": input.SourceIdentity } : {}),
      ...(mfa ? { "aws:multifactorauthpresent": "true" } : {}),
      "sts:rolesessionname": sessionName,
      "aws:principalarn": arn,
      "aws:principalaccount": account,
    },
  };
  return evaluatePolicies([role.trustPolicy], question) === "allowed";
}

function durationFor(role: Role, principal: Principal, input: Fields): number {
  const seconds = sessionDuration(input, { standard: chainedSeconds, max: 43_200 });
  if (principal.kind === "role-session" && seconds > chainedSeconds) {
    throw new ServiceError(
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw new ServiceError(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  return seconds;
}
