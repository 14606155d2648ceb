import { AccountFactory } from "./account-factory.ts";
import type { ClientFactory } from "./client-factory.ts";
import type { ClientFactoryOptions } from "./factory-options.ts";
import { FactoryResources } from "./factory-resources.ts";
import { Identities } from "./identities.ts";

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
  const identities = new Identities(resources);
  return new AccountFactory(resources, identities.default(), identities, true);
}
