import { remediationFor } from "@holdfast/errors";
import { factsOf } from "../errors/aws-facts.ts";
import { CredentialError } from "../errors/credential-error.ts";
import { importPeer } from "../import-peer.ts";
import type { SdkRequestHandler } from "../sockets/handler-shapes.ts";
import type { CredentialProvider, CredentialRequest, Credentials } from "./credentials.ts";

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
  return async (request) => {
    chain ??= loadChain(options);
    try {
      return await (await chain)(request);
    } catch (cause) {
      throw sourceFailure(cause, options.profile);
    }
  };
}

/** A provider that the user gave: its inner clients get our sockets, and its failures our words. */
export function givenCredentials(provider: CredentialProvider, options: BaseCredentialsOptions): CredentialProvider {
  const { region, requestHandler, profile } = options;
  const callerClientConfig = {
    requestHandler,
    profile,
    ...(region === undefined ? {} : { region: async () => region }),
  };
  return async (request) => {
    try {
      return await provider({ ...request, callerClientConfig } as CredentialRequest);
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
    clientConfig: {
      requestHandler,
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
  };
  if (!localOnly) return providers.fromNodeProviderChain(init) as (request?: CredentialRequest) => Promise<Credentials>;
  const { createCredentialChain, fromEnv, fromIni, fromProcess, fromTokenFile } = providers;
  const environment = profile === undefined && process.env.AWS_PROFILE === undefined ? [fromEnv()] : [];
  return createCredentialChain(
    ...environment,
    fromIni(init),
    fromProcess(init),
    fromTokenFile(init),
  ) as CredentialProvider;
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
