import { evaluatePolicies } from "../iam/evaluate-policies.ts";
import { parsePolicy } from "../iam/policy-document.ts";
import type { Role, RoleStore } from "../iam/role-store.ts";
import type { AccessKeys } from "../identity/access-keys.ts";
import { namesOf, type Principal } from "../identity/principal.ts";
import { structures, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { credentialsOutput } from "./credentials-output.ts";
import type { MfaDevices } from "./mfa.ts";
import { sessionDuration } from "./session-duration.ts";
import { sessionTags } from "./session-tags.ts";

const chainedSeconds = 3_600;

/** Temporary credentials of a role. A missing role, a trust that says no and a wrong external id are told apart by nobody. */
export function assumeRole(roles: RoleStore, accessKeys: AccessKeys, devices: MfaDevices): Operation {
  return (input, { principal, now }) => {
    const { partition, account, name } = parseRoleArn(input.RoleArn);
    const sessionName = checkSessionName(input.RoleSessionName);
    const mfa = devices.proves(input, now) || principal.mfa === true;
    sessionDuration(input, { standard: chainedSeconds, max: 43_200 });
    const policy = text(input, "Policy");
    const sessionPolicy = policy === undefined ? undefined : parsePolicy(policy);
    const tags = sessionTags(input, principal);
    const role = roles.find(account, name);
    if (role === undefined || !isNamedBy(role, input.RoleArn)) throw denied(principal, input);
    checkTrust(role, principal, input, { sessionName, mfa });
    const seconds = durationFor(role, principal, input);
    const session: Principal = {
      kind: "role-session",
      temporary: true,
      account,
      arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      roleName: name,
      sessionPolicy,
      ...tags,
      sourceIdentity: text(input, "SourceIdentity") ?? principal.sourceIdentity,
      mfa,
    };
    return {
      Credentials: credentialsOutput(accessKeys.openSession(session, now + seconds * 1_000)),
      AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
      SourceIdentity: session.sourceIdentity,
    };
  };
}

function denied(principal: Principal, input: Fields): ServiceError {
  const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${String(input.RoleArn)}`;
  return new ServiceError("AccessDenied", message, { status: 403 });
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

interface Asking {
  readonly sessionName: string;
  readonly mfa: boolean;
}

// Tags and a source identity are actions of their own, which the trust policy has to allow too.
function checkTrust(role: Role, principal: Principal, input: Fields, asking: Asking): void {
  const question = { principals: namesOf(principal), context: contextOf(principal, input, asking) };
  const actions = ["sts:AssumeRole"];
  if ((structures(input, "Tags") ?? []).length > 0) actions.push("sts:TagSession");
  if (input.SourceIdentity !== undefined) actions.push("sts:SetSourceIdentity");
  for (const action of actions) {
    if (evaluatePolicies([role.trustPolicy], { action, ...question }) !== "allowed") throw denied(principal, input);
  }
}

function contextOf(principal: Principal, input: Fields, { sessionName, mfa }: Asking): Record<string, string> {
  const tags = (structures(input, "Tags") ?? []).map((tag) => [
    `aws:requesttag/${text(tag, "Key")}`.toLowerCase(),
    text(tag, "Value") ?? "",
  ]);
  return {
    ...(typeof input.ExternalId === "string" ? { "sts:externalid": input.ExternalId } : {}),
    ...(typeof input.SourceIdentity === "string" ? { "sts:sourceidentity": input.SourceIdentity } : {}),
    ...(mfa ? { "aws:multifactorauthpresent": "true" } : {}),
    "sts:rolesessionname": sessionName,
    "aws:principalarn": principal.arn,
    "aws:principalaccount": principal.account,
    ...Object.fromEntries(tags),
  };
}

function durationFor(role: Role, principal: Principal, input: Fields): number {
  const seconds = sessionDuration(input, { standard: chainedSeconds, max: 43_200 });
  if (principal.kind === "role-session" && seconds > chainedSeconds) {
    throw new ServiceError(
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
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
