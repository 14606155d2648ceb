import { OptionError } from "@holdfast/errors";
import { AccountFactory } from "./account-factory.ts";
import type { ClientFactory } from "./client-factory.ts";
import { givenCredentials, standardCredentials } from "./credentials/base-credentials.ts";
import type { CredentialProvider } from "./credentials/credentials.ts";
import type { ClientFactoryOptions } from "./factory-options.ts";
import { FactoryResources } from "./factory-resources.ts";
import type { Identity } from "./identity.ts";

/**
 * One place for AWS clients: the same request gives the same client, all clients share their credentials,
 * sockets, timeouts and policy, and all of it is closed in one go.
 *
 * Nothing is loaded, resolved or sent before a client makes its first call.
 *
 * @throws OptionError for options that cannot be right.
 */
export function createClientFactory(options: ClientFactoryOptions = {}): ClientFactory {
  const resources = new FactoryResources(options);
  const identityOfProfile = (profile: string) => profileIdentity(resources, profile);
  return new AccountFactory(resources, baseIdentity(resources), identityOfProfile);
}

function baseIdentity(resources: FactoryResources): Identity {
  const { credentials, profile } = resources.options;
  if (credentials === undefined) return profileIdentity(resources, profile);
  const provider = asProvider(credentials);
  const shared = resources.share("given credentials", givenCredentials(provider, sourceOptions(resources, profile)));
  return { credentials: shared, accountId: undefined, profile, roles: [] };
}

function profileIdentity(resources: FactoryResources, profile: string | undefined): Identity {
  const name = profile === undefined ? "default credentials" : `credentials of profile "${profile}"`;
  const shared = resources.share(name, standardCredentials(sourceOptions(resources, profile)));
  return { credentials: shared, accountId: undefined, profile, roles: [] };
}

function sourceOptions(
  resources: FactoryResources,
  profile: string | undefined,
): Parameters<typeof standardCredentials>[0] {
  const { region, endpoint, mfaCode } = resources.options;
  const requestHandler = resources.handler(resources.tiers.standard);
  return { profile, region, endpoint, requestHandler, localOnly: resources.localOnly, mfaCode };
}

function asProvider(credentials: NonNullable<ClientFactoryOptions["credentials"]>): CredentialProvider {
  if (typeof credentials === "function") return credentials;
  const { accessKeyId, secretAccessKey } = credentials;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new OptionError("credentials", "a provider, or an object with accessKeyId and secretAccessKey", credentials);
  }
  const fixed = { ...credentials };
  return async () => fixed;
}
