import { ServiceError } from "../protocol/service-error.ts";
import { unknownOperators } from "./conditions.ts";
import { asList, type OneOrMore } from "./one-or-more.ts";

/** An IAM policy: who may do what. */
export interface PolicyDocument {
  readonly Version?: string | undefined;
  readonly Statement: OneOrMore<PolicyStatement>;
}

export interface PolicyStatement {
  readonly Sid?: string | undefined;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?:
    | "*"
    | { readonly AWS?: OneOrMore<string>; readonly [kind: string]: OneOrMore<string> | undefined }
    | undefined;
  readonly Action?: OneOrMore<string> | undefined;
  readonly NotAction?: OneOrMore<string> | undefined;
  readonly Resource?: OneOrMore<string> | undefined;
  readonly NotResource?: OneOrMore<string> | undefined;
  readonly Condition?:
    | Readonly<Record<string, Readonly<Record<string, OneOrMore<string | boolean | number>>>>>
    | undefined;
}

/** Reads a policy's JSON. Throws MalformedPolicyDocument, in the protocol's own name, when it is none. */
export function parsePolicy(json: string, code = "MalformedPolicyDocument"): PolicyDocument {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    throw new ServiceError(code, "This policy contains invalid Json");
  }
  if (typeof document !== "object" || document === null || !("Statement" in document)) {
    throw new ServiceError(code, "Syntax errors in policy.");
  }
  const policy = document as PolicyDocument;
  for (const { Effect, Action, NotAction, Condition } of asList(policy.Statement)) {
    if (Effect !== "Allow" && Effect !== "Deny") throw new ServiceError(code, "Syntax errors in policy.");
    if (Action === undefined && NotAction === undefined) {
      throw new ServiceError(code, "Policy statement must contain actions.");
    }
    const unknown = unknownOperators(Condition ?? {});
    if (unknown.length > 0) throw new ServiceError(code, `Invalid Condition type : ${unknown.join(", ")}.`);
  }
  return policy;
}
