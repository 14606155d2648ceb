import type { STSClient } from "@aws-sdk/client-sts";
import { AssumeRoleError } from "../errors/assume-role-error.ts";
import { AwsError } from "../errors/aws-error.ts";
import { factsOf } from "../errors/aws-facts.ts";
import { importPeer } from "../import-peer.ts";
import type { AssumeRoleOptions } from "./assume-role-options.ts";
import { type Credentials, credentialsIn } from "./credentials.ts";
import { parseRoleArn } from "./role-arn.ts";
import { remedyForRole } from "./role-remedy.ts";

export interface AssumeRoleCall {
  readonly client: STSClient;
  readonly region: string;
  readonly options: AssumeRoleOptions;
  readonly sessionName: string;
  /** The MFA code, if this very call must carry it. */
  readonly tokenCode: string | undefined;
}

/** One `AssumeRole`. Rejects with an {@link AssumeRoleError} that says what to do. */
export async function assumeRole({
  client,
  region,
  options,
  sessionName,
  tokenCode,
}: AssumeRoleCall): Promise<Credentials> {
  const { AssumeRoleCommand } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
  const { roleArn, policy, sessionTags, transitiveTagKeys } = options;
  const tags = sessionTags && Object.entries(sessionTags).map(([Key, Value]) => ({ Key, Value }));
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ExternalId: options.externalId,
    DurationSeconds: options.durationSeconds,
    Tags: tags,
    TransitiveTagKeys: transitiveTagKeys && [...transitiveTagKeys],
    SourceIdentity: options.sourceIdentity,
    Policy: typeof policy === "object" ? JSON.stringify(policy) : policy,
    SerialNumber: tokenCode === undefined ? undefined : options.mfaSerial,
    TokenCode: tokenCode,
  });
  const answer = await client.send(command).catch((cause: unknown) => {
    throw cause instanceof AwsError ? cause : refusal(cause, options, region); // a link before this one failed
  });
  const credentials = credentialsIn(answer.Credentials, parseRoleArn("roleArn", roleArn).account);
  if (credentials !== undefined) return credentials;
  const facts = { service: "STS", operation: "AssumeRole", region, role: roleArn };
  throw new AssumeRoleError(`STS gave no credentials for ${roleArn}`, facts);
}

function refusal(cause: unknown, options: AssumeRoleOptions, region: string): AssumeRoleError {
  const facts = { service: "STS", operation: "AssumeRole", region, role: options.roleArn, ...factsOf(cause) };
  const remediation = remedyForRole(facts.awsCode, options);
  return new AssumeRoleError(
    `Could not assume ${options.roleArn} (${facts.awsCode ?? "no code"})`,
    { ...facts, remediation },
    { cause },
  );
}
