import { parseArn, principalBehind } from "./arn.ts";
import type { PolicyStatement } from "./remediation.ts";

/** The kinds of policy that can deny a request. */
export type PolicyKind =
  | "identity-based"
  | "resource-based"
  | "permissions-boundary"
  | "service-control"
  | "resource-control"
  | "session"
  | "vpc-endpoint"
  | "role-trust"
  | "key"
  | "unknown";

/** What the text of an AccessDenied error says. */
export interface AccessDenial {
  /** Who asked: the ARN as in the text. */
  readonly principal: string | undefined;
  /** E.g. `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** An ARN, a name, or `*`, as in the text. */
  readonly resource: string | undefined;
  readonly policyKind: PolicyKind;
  /** Whether a statement denies it; otherwise no statement allows it. */
  readonly explicit: boolean;
  /** The policy that denied it, where the text names it. */
  readonly policyArn: string | undefined;
  /** The account in which to change that policy, where the text tells. */
  readonly accountId: string | undefined;
  /** What would allow it; `undefined` for an explicit deny, which no statement outdoes. */
  readonly statement: PolicyStatement | undefined;
  /** For `aws sts decode-authorization-message`, which tells more. */
  readonly encodedMessage: string | undefined;
}

const request =
  /(?:User: (?<principal>\S{1,2048}) )?is not authorized to perform: ?"?(?<action>[\w-]{1,64}:[\w*]{1,128})"?(?: on (?:the )?resource:? "?(?<resource>[^\s"]{1,2048})"?)?/;
const policyWords = `(identity-based|resource-based|permissions boundary|service control|resource control|session|VPC endpoint|role trust)`;
const implicitDenial = new RegExp(`because no ${policyWords}`);
const explicitDenial = new RegExp(
  `explicit deny(?: in (?:an? |the )?${policyWords}(?: policy)?(?:: (arn:[^\\s,]{1,2048}))?)?`,
);
const kmsCiphertext = /resource associated with this ciphertext|ciphertext refers to a customer master key/;
const kmsOfService = /Access to KMS is not allowed/;

const kindByWords: ReadonlyMap<string, PolicyKind> = new Map([
  ["identity-based", "identity-based"],
  ["resource-based", "resource-based"],
  ["permissions boundary", "permissions-boundary"],
  ["service control", "service-control"],
  ["resource control", "resource-control"],
  ["session", "session"],
  ["VPC endpoint", "vpc-endpoint"],
  ["role trust", "role-trust"],
]);

/**
 * Takes the text of an AccessDenied error apart, in every form IAM gives it; `undefined` if it names no action.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function parseAccessDenial(text: string): AccessDenial | undefined {
  const encodedMessage = /Encoded authorization failure message: ([\w+/=-]{1,8192})/.exec(text)?.[1];
  const asked = request.exec(text)?.groups;
  if (asked?.action === undefined) return kmsDenial(text);
  const { principal, action } = asked;
  const resource = asked.resource?.replace(/[.,]$/, "");
  const denied = explicitDenial.exec(text);
  const explicit = denied !== null;
  const policyKind = kmsCiphertext.test(text)
    ? "key"
    : policyKindOf(action, explicit ? denied[1] : implicitDenial.exec(text)?.[1]);
  const policyArn = denied?.[2]?.replace(/\.$/, "");
  return {
    principal,
    action,
    resource: policyKind === "key" ? undefined : resource,
    policyKind,
    explicit,
    policyArn,
    accountId: accountToChange(policyKind, principal, resource, policyArn),
    statement: explicit ? undefined : statementFor(policyKind, principal, action, resource),
    encodedMessage,
  };
}

function policyKindOf(action: string, words: string | undefined): PolicyKind {
  const kind = kindByWords.get(words ?? "") ?? "unknown";
  return kind === "resource-based" && action.startsWith("kms:") ? "key" : kind;
}

/** Secrets Manager and KMS themselves say of a key only that it may not be used. */
function kmsDenial(text: string): AccessDenial | undefined {
  if (!kmsOfService.test(text) && !kmsCiphertext.test(text)) return undefined;
  return {
    principal: undefined,
    action: "kms:Decrypt",
    resource: undefined,
    policyKind: "key",
    explicit: false,
    policyArn: undefined,
    accountId: undefined,
    statement: { Effect: "Allow", Action: "kms:Decrypt", Resource: "*" },
    encodedMessage: undefined,
  };
}

function accountToChange(
  kind: PolicyKind,
  principal: string | undefined,
  resource: string | undefined,
  policyArn: string | undefined,
): string | undefined {
  const named = parseArn(policyArn ?? "")?.accountId;
  if (named) return named;
  switch (kind) {
    case "resource-based":
    case "role-trust":
    case "key":
      return parseArn(resource ?? "")?.accountId || undefined;
    case "service-control":
    case "resource-control":
      return undefined; // the organisation's management account, which the text does not name
    default:
      return parseArn(principal ?? "")?.accountId || undefined;
  }
}

function statementFor(
  kind: PolicyKind,
  principal: string | undefined,
  action: string,
  resource: string | undefined,
): PolicyStatement {
  const who = principal === undefined ? undefined : { AWS: principalBehind(principal) };
  switch (kind) {
    case "role-trust": // the role itself is the resource: its trust policy names none
      return { Effect: "Allow", ...(who && { Principal: who }), Action: action };
    case "key": // in a key policy, `*` is the key it belongs to
      return { Effect: "Allow", ...(who && { Principal: who }), Action: action, Resource: "*" };
    case "resource-based":
      return { Effect: "Allow", ...(who && { Principal: who }), Action: action, Resource: resource ?? "*" };
    default:
      return { Effect: "Allow", Action: action, Resource: resource ?? "*" };
  }
}
