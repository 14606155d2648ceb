import { type AccessDenial, type PolicyKind, parseAccessDenial } from "./access-denial.ts";
import { parseArn, principalBehind } from "./arn.ts";
import type { Remediation, RemediationStep } from "./remediation.ts";
import { shellWord } from "./shell-word.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";

const nameOfPolicy: Readonly<Record<PolicyKind, string>> = {
  "identity-based": "identity-based policy",
  "resource-based": "resource-based policy",
  "permissions-boundary": "permissions boundary",
  "service-control": "service control policy",
  "resource-control": "resource control policy",
  session: "session policy",
  "vpc-endpoint": "VPC endpoint policy",
  "role-trust": "role trust policy",
  key: "KMS key policy",
  unknown: "policy",
};

/** What to do about an AccessDenied, from its text. */
export function accessDeniedRemediation(text: string): Remediation {
  const denial = parseAccessDenial(text);
  if (denial === undefined) return bareDenial();
  const { action, resource, principal, policyKind, explicit, policyArn, accountId, statement } = denial;
  return {
    code: policyKind === "key" ? "kms-access-denied" : "access-denied",
    summary: `${principal ?? "The caller"} may not ${action}${resource === undefined ? "" : ` on ${resource}`}: ${
      explicit ? `a ${nameOfPolicy[policyKind]} denies it` : `no ${nameOfPolicy[policyKind]} allows it`
    }`,
    steps: [...stepsFor(denial), ...decoding(denial)],
    parameters: present({
      principal,
      action,
      resource,
      policyKind,
      policyArn,
      accountId,
      denial: explicit ? "explicit" : "implicit",
    }),
    statement,
  };
}

function present(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function stepsFor(denial: AccessDenial): readonly RemediationStep[] {
  const where = denial.accountId === undefined ? "" : ` in account ${denial.accountId}`;
  if (denial.explicit) {
    return [
      {
        text: `Find the statement with "Effect": "Deny" that matches ${denial.action} in the ${nameOfPolicy[denial.policyKind]}${
          denial.policyArn === undefined ? "" : ` ${denial.policyArn}`
        }${where}, and narrow it; no Allow outdoes a Deny`,
        command: readPolicy(denial),
        url: guide,
      },
    ];
  }
  return [
    {
      text: `${additionTo(denial, where)}: ${JSON.stringify(denial.statement)}`,
      command: readPolicy(denial),
      url: guide,
    },
    ...otherSide(denial),
  ];
}

function additionTo({ policyKind, principal }: AccessDenial, where: string): string {
  switch (policyKind) {
    case "role-trust":
      return `Add this statement to the trust policy of the role to assume${where}`;
    case "key":
      return `Add this statement to the policy of the KMS key${where}; another account can use only a customer-managed key`;
    case "resource-based":
      return `Add this statement to the resource's own policy${where}`;
    case "permissions-boundary":
      return `Add this statement to the permissions boundary of ${principal ?? "the caller"}${where}`;
    case "service-control":
    case "resource-control":
      return `Have the organisation's management account allow it in the ${nameOfPolicy[policyKind]} of the account or its parents`;
    case "session":
      return "Add this statement to the session policy that the role is assumed with, or leave that policy out";
    case "vpc-endpoint":
      return "Add this statement to the policy of the VPC endpoint that the request goes through";
    default:
      return `Attach this statement to ${principal === undefined ? "the caller" : principalBehind(principal)}${where}`;
  }
}

/** Across accounts both sides must allow it; the text names the first that did not. */
function otherSide({ policyKind, principal, resource }: AccessDenial): readonly RemediationStep[] {
  const callers = parseArn(principal ?? "")?.accountId;
  const owners = parseArn(resource ?? "")?.accountId;
  if (!callers || !owners || callers === owners) return [];
  const other =
    policyKind === "identity-based"
      ? `the resource's policy in account ${owners}`
      : `the caller's identity-based policy in account ${callers}`;
  return [
    {
      text: `The request crosses accounts (${callers} to ${owners}): see that ${other} allows it too`,
      url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
    },
  ];
}

function readPolicy({ policyKind, principal, resource, policyArn }: AccessDenial): string | undefined {
  if (policyArn?.includes(":organizations:"))
    return `aws organizations describe-policy --policy-id ${shellWord(policyArn.split("/").at(-1) ?? "")}`;
  const caller =
    principal === undefined ? undefined : /:(role|user)\/(?:.*\/)?([^/]+)$/.exec(principalBehind(principal));
  switch (policyKind) {
    case "identity-based":
    case "unknown":
      return caller === null || caller === undefined
        ? undefined
        : `aws iam list-attached-${caller[1]}-policies --${caller[1]}-name ${shellWord(caller[2] ?? "")}`;
    case "permissions-boundary":
      return caller === null || caller === undefined
        ? undefined
        : `aws iam get-${caller[1]} --${caller[1]}-name ${shellWord(caller[2] ?? "")}`;
    case "role-trust": {
      const role = /:role\/(?:.*\/)?([^/]+)$/.exec(resource ?? "")?.[1];
      return role === undefined ? undefined : `aws iam get-role --role-name ${shellWord(role)}`;
    }
    default:
      return resource?.includes(":secretsmanager:")
        ? `aws secretsmanager get-resource-policy --secret-id ${shellWord(resource)}`
        : undefined;
  }
}

function decoding({ encodedMessage }: AccessDenial): readonly RemediationStep[] {
  if (encodedMessage === undefined) return [];
  return [
    {
      text: "Decode the message that came with it, which lists the statements looked at",
      command: `aws sts decode-authorization-message --encoded-message ${encodedMessage}`,
    },
  ];
}

function bareDenial(): Remediation {
  return {
    code: "access-denied",
    summary: "AWS denied the request and did not say which policy",
    steps: [
      { text: "See who the call was made as", command: "aws sts get-caller-identity" },
      { text: "Look the denied event up in CloudTrail: its errorMessage may say more", url: guide },
    ],
    parameters: {},
  };
}
