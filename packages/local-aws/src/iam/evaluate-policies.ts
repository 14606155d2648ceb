import { conditionsHold } from "./conditions.ts";
import { asList } from "./one-or-more.ts";
import { matchesPattern } from "./pattern.ts";
import type { PolicyDocument, PolicyStatement } from "./policy-document.ts";

/** What is asked of a policy. */
export interface PolicyQuestion {
  /** Such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** An ARN, or "*". Not asked of trust policies. */
  readonly resource?: string | undefined;
  /** ARNs by which the caller may be named; asked of trust and resource policies. */
  readonly principals?: readonly string[] | undefined;
  /** Condition keys, in lower case, with their values. */
  readonly context: Readonly<Record<string, string>>;
}

export type Verdict = "allowed" | "explicitDeny" | "implicitDeny";

/** What the policies together say: a deny wins, then an allow, and silence is a deny. */
export function evaluatePolicies(policies: readonly PolicyDocument[], question: PolicyQuestion): Verdict {
  let verdict: Verdict = "implicitDeny";
  for (const policy of policies) {
    for (const statement of asList(policy.Statement)) {
      if (!applies(statement, question)) continue;
      if (statement.Effect === "Deny") return "explicitDeny";
      verdict = "allowed";
    }
  }
  return verdict;
}

function applies(statement: PolicyStatement, { action, resource, principals, context }: PolicyQuestion): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  if (Action !== undefined ? !matchesAny(Action, action, true) : matchesAny(NotAction, action, true)) return false;
  if (resource !== undefined && Resource !== undefined && !matchesAny(Resource, resource)) return false;
  if (resource !== undefined && NotResource !== undefined && matchesAny(NotResource, resource)) return false;
  if (principals !== undefined && !namesPrincipal(statement, principals)) return false;
  return conditionsHold(Condition, context);
}

function matchesAny(patterns: string | readonly string[] | undefined, value: string, ignoreCase = false): boolean {
  return asList(patterns).some((pattern) => matchesPattern(pattern, value, ignoreCase));
}

// No wildcards inside a principal's ARN, only "*" for everyone.
function namesPrincipal({ Principal }: PolicyStatement, principals: readonly string[]): boolean {
  if (Principal === "*") return true;
  return asList(Principal?.AWS).some((named) => named === "*" || principals.includes(named));
}
