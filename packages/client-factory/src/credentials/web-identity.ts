import type { AssumeRoleWithWebIdentityCommandInput } from "@aws-sdk/client-sts";
import { CredentialError } from "../errors/credential-error.ts";
import { importPeer } from "../import-peer.ts";
import type { SdkRequestHandler } from "../sockets/handler-shapes.ts";
import { type Credentials, credentialsIn } from "./credentials.ts";

export interface WebIdentityOptions {
  readonly endpoint: string;
  readonly region: string | undefined;
  readonly requestHandler: SdkRequestHandler;
}

/**
 * Exchanges a web identity token at the factory's endpoint. The SDK's own exchange inside a profile takes no
 * endpoint, and would carry the token past a local one to AWS.
 */
export function webIdentityAt(
  options: WebIdentityOptions,
): (input: AssumeRoleWithWebIdentityCommandInput) => Promise<Credentials> {
  return async (input) => {
    const sts = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    const { endpoint, region = process.env.AWS_REGION ?? "us-east-1", requestHandler } = options;
    const client = new sts.STSClient({ endpoint, region, requestHandler });
    const { Credentials: answer } = await client.send(new sts.AssumeRoleWithWebIdentityCommand(input));
    const credentials = credentialsIn(answer, input.RoleArn?.split(":")[4]);
    if (credentials !== undefined) return credentials;
    throw new CredentialError(`STS gave no credentials for ${input.RoleArn}`, { service: "STS", role: input.RoleArn });
  };
}
