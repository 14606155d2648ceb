import type { IAMClient } from "@aws-sdk/client-iam";
import { CredentialError } from "../errors/credential-error.ts";
import { importPeer } from "../import-peer.ts";

export interface ActionCheck {
  /** Who is asked about, as STS says it. */
  readonly arn: string;
  readonly actions: readonly string[];
  readonly profile: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly client: IAMClient;
}

/**
 * Asks IAM whether the policies of the caller allow the actions on some resource at all. What resource policies,
 * service control policies and conditions add or take away is not simulated.
 *
 * @throws CredentialError that names the actions denied.
 */
export async function assertActions({ arn, actions, profile, signal, client }: ActionCheck): Promise<void> {
  const { paginateSimulatePrincipalPolicy } = await importPeer(
    "@aws-sdk/client-iam",
    () => import("@aws-sdk/client-iam"),
  );
  const input = { PolicySourceArn: policySourceOf(arn), ActionNames: [...actions] };
  const denied: string[] = [];
  for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy(
    { client },
    input,
    signal === undefined ? {} : { abortSignal: signal },
  )) {
    for (const { EvalActionName = "", EvalDecision } of EvaluationResults) {
      if (EvalDecision !== "allowed") denied.push(EvalActionName);
    }
  }
  if (denied.length === 0) return;
  throw new CredentialError(`${arn} is not allowed ${denied.join(", ")}`, {
    service: "IAM",
    operation: "SimulatePrincipalPolicy",
    awsCode: "AccessDenied",
    profile,
    remediation: [{ text: "allow the actions in a policy of this user or role" }],
  });
}

/** IAM knows the role, not the session: `arn:aws:sts::1:assumed-role/Deploy/alice` is `arn:aws:iam::1:role/Deploy`. */
export function policySourceOf(arn: string): string {
  return arn.replace(/^(arn:[\w-]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, "$1:iam::$2:role/$3");
}
