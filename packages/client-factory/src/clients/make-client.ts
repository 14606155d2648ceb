import { OptionError } from "@holdfast/errors";
import { assertEndpoint, assertRegionName } from "../assert-place.ts";
import type { ClientOptions } from "../client-factory.ts";
import { renewExpired } from "../credentials/renewing-strategy.ts";
import { misspeltVariables } from "../endpoints/misspelt-variables.ts";
import type { FactoryResources } from "../factory-resources.ts";
import type { Identity } from "../identity.ts";
import { shareCallerName } from "../plugin/caller-name.ts";
import type { SdkConfig } from "../plugin/sdk-shapes.ts";
import { assertTierName, type Tier, tierOf } from "../tiers/tier.ts";
import { ClientEntry } from "./client-entry.ts";
import { explainMissingRegion } from "./explain-missing-region.ts";
import { inFlightPlugin } from "./in-flight-plugin.ts";
import { handlerOption, shareSockets } from "./request-handling.ts";
import { assertClientClass, type SdkClient, type SdkClientConstructor, serviceOf } from "./sdk-client.ts";

type AnyConstructor = new (configuration: object) => SdkClient;

/** Makes a client with the factory's credentials, sockets, timeouts and policy. */
export function makeClient(
  resources: FactoryResources,
  identity: Identity,
  clientClass: SdkClientConstructor,
  region: string | undefined,
  options: ClientOptions,
): ClientEntry {
  assertClientClass(clientClass);
  assertRegionName("region", region);
  assertEndpoint("endpoint", options.endpoint);
  const service = serviceOf(clientClass);
  const tier = tierFor(resources, service, options.tier);
  const config = (options.config ?? {}) as Readonly<Record<string, unknown>>;
  assertOneLoop(resources, service, config);
  const endpoint = options.endpoint ?? resources.options.endpoint;
  const client = new (clientClass as AnyConstructor)({
    ...known({ region, endpoint, profile: identity.profile }),
    credentials: identity.credentials.provider,
    maxAttempts: tier.maxAttempts,
    ...config,
    requestHandler: handlerOption(tier, config.requestHandler),
  });
  const requests = shareSockets(resources, client.config, tier, config.requestHandler);
  if (endpoint === undefined) warnOfMisspelt(resources, client, service);
  if (region === undefined) explainMissingRegion(client.config, service, identity.profile);
  const entry = new ClientEntry(client, service, region, requests);
  if (resources.plugin === undefined) renewExpired(client.config, identity.credentials);
  else client.middlewareStack.use(resources.plugin);
  shareCallerName((client.config as SdkConfig).credentials, identity.credentials);
  if (requests === undefined) client.middlewareStack.use(inFlightPlugin(entry));
  if (identity.guard !== undefined) client.middlewareStack.use(identity.guard);
  resources.emitters.client.emit({
    client: clientClass.name,
    service,
    region,
    accountId: identity.accountId,
    tier: tier.name,
  });
  return entry;
}

function tierFor(resources: FactoryResources, service: string, given: ClientOptions["tier"]): Tier {
  if (given === undefined) return resources.tierOf(service);
  if (typeof given === "object") {
    const base = resources.tierOf(service);
    return tierOf(base.name, base, given, "tier");
  }
  assertTierName("tier", given);
  return resources.tiers[given];
}

function assertOneLoop(resources: FactoryResources, service: string, config: Readonly<Record<string, unknown>>): void {
  if (resources.options.policy === undefined || config.retryStrategy === undefined) return;
  throw new OptionError(
    "config.retryStrategy",
    `absent, since the factory's policy is the retry loop of ${service}`,
    config.retryStrategy,
  );
}

function warnOfMisspelt(resources: FactoryResources, client: SdkClient, service: string): void {
  const { serviceId = service, defaultSigningName = service } = client.config as {
    serviceId?: string;
    defaultSigningName?: string;
  };
  for (const { variable, expected } of misspeltVariables(process.env, serviceId, [service, defaultSigningName])) {
    if (resources.warnedOf.has(variable)) continue;
    resources.warnedOf.add(variable);
    resources.logger.warn(`The AWS SDK does not read ${variable}; for ${service} it reads ${expected}`, {
      variable,
      expected,
      service,
    });
  }
}

// The SDK takes a key that is there and undefined for an answer.
function known(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
