import { remediationFor } from "@holdfast/errors";
import { factsOf } from "../errors/aws-facts.ts";
import { CredentialError } from "../errors/credential-error.ts";
import { importPeer } from "../import-peer.ts";
import type { SdkRequestHandler } from "../sockets/handler-shapes.ts";
import type { CredentialProvider } from "./credentials.ts";
import { webIdentityAt } from "./web-identity.ts";

export interface BaseCredentialsOptions {
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  /** Carries what providers send themselves, e.g. to STS and SSO. */
  readonly requestHandler: SdkRequestHandler;
  /** Leave out the sources beyond this machine: the container's and the instance's. */
  readonly localOnly: boolean;
  readonly mfaCode: ((mfaSerial: string) => Promise<string>) | undefined;
}

/**
 * The SDK's own chain: environment, SSO, shared files with their chains of profiles, process, web identity,
 * container, instance; loaded when first asked. The clients it makes inside are given our endpoint and sockets.
 */
export function standardCredentials(options: BaseCredentialsOptions): CredentialProvider {
  let chain: Promise<CredentialProvider> | undefined;
  return fromSource(options, async (request) => {
    chain ??= loadChain(options);
    return (await chain)(request);
  });
}

/** A provider that the user gave: its inner clients get our sockets and region, and its failures our words. */
export function givenCredentials(provider: CredentialProvider, options: BaseCredentialsOptions): CredentialProvider {
  return fromSource(options, provider);
}

function fromSource(
  { region, requestHandler, profile }: BaseCredentialsOptions,
  source: CredentialProvider,
): CredentialProvider {
  // What the SDK's providers look at when they make a client: as if one of ours had asked them.
  const callerClientConfig = {
    requestHandler,
    profile,
    ...(region === undefined ? {} : { region: async () => region }),
  };
  return async (request) => {
    try {
      return await source({ ...request, callerClientConfig: callerClientConfig as never });
    } catch (cause) {
      throw sourceFailure(cause, profile);
    }
  };
}

async function loadChain(options: BaseCredentialsOptions): Promise<CredentialProvider> {
  const providers = await importPeer("@aws-sdk/credential-providers", () => import("@aws-sdk/credential-providers"));
  const { profile, region, endpoint, requestHandler, mfaCode, localOnly } = options;
  const init = {
    ...(profile === undefined ? {} : { profile }),
    ...(mfaCode === undefined ? {} : { mfaCodeProvider: mfaCode }),
    // No region here: SSO would be asked in it, and not where its sessions are.
    clientConfig: { requestHandler, ...(endpoint === undefined ? {} : { endpoint }) },
    ...(endpoint === undefined
      ? {}
      : { roleAssumerWithWebIdentity: webIdentityAt({ endpoint, region, requestHandler }) }),
  };
  if (!localOnly) return providers.fromNodeProviderChain(init as object) as CredentialProvider;
  const { createCredentialChain, fromEnv, fromIni, fromProcess, fromTokenFile } = providers;
  const environment = profile === undefined && process.env.AWS_PROFILE === undefined ? [fromEnv()] : [];
  const sources = [fromIni(init as object), fromProcess(init), fromTokenFile(init as object)];
  return createCredentialChain(...environment, ...sources) as CredentialProvider;
}

function sourceFailure(cause: unknown, profile: string | undefined): CredentialError {
  const facts = { ...factsOf(cause), profile };
  const whose = profile === undefined ? "credentials" : `credentials for profile "${profile}"`;
  return new CredentialError(
    `No ${whose} (${facts.awsCode ?? "no code"})`,
    { ...facts, remediation: remediationFor(cause, { profile }).steps },
    { cause },
  );
}
