import { structures, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { evaluatePolicies } from "./evaluate-policies.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { RoleStore } from "./role-store.ts";

/** What a role, or the local user, may do: each action on each resource. */
export function simulatePrincipalPolicy(roles: RoleStore): Operation {
  return (input, call) => {
    const policies = policiesOf(roles, text(input, "PolicySourceArn") ?? "", call);
    const resources = texts(input, "ResourceArns") ?? ["*"];
    const context = readContext(input);
    const EvaluationResults = (texts(input, "ActionNames") ?? []).flatMap((action) =>
      resources.map((resource) => ({
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: evaluatePolicies(policies, { action, resource, context }),
        MatchedStatements: [],
        MissingContextValues: [],
      })),
    );
    return { EvaluationResults, IsTruncated: false };
  };
}

function policiesOf(roles: RoleStore, arn: string, { account }: ServiceCall): readonly PolicyDocument[] {
  const parts = /^arn:[\w-]+:iam::(\d{12}):(role|user)\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn);
  if (parts === null) throw new ServiceError("InvalidInput", `Invalid Entity Arn: ${arn}`);
  const [, owner = "", kind, name = ""] = parts;
  if (kind === "user" && name === "local" && owner === account) {
    return [{ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }];
  }
  const role = kind === "role" && owner === account ? roles.find(owner, name) : undefined;
  if (role !== undefined) return [...role.policies.values()];
  throw new ServiceError("NoSuchEntity", `The ${kind} with name ${name} cannot be found.`, { status: 404 });
}

function readContext(input: Fields): Record<string, string> {
  const entries = structures(input, "ContextEntries") ?? [];
  return Object.fromEntries(
    entries.map((entry) => [
      (text(entry, "ContextKeyName") ?? "").toLowerCase(),
      texts(entry, "ContextKeyValues")?.[0] ?? "",
    ]),
  );
}
