import { assertFunction, assertKnownOptions, type Clock, type Logger, systemClock } from "@holdfast/errors/policy";
import { assertAccountId, assertEndpoint, assertRegionName, assertText } from "./assert-place.ts";
import { ClientRegistry } from "./clients/client-registry.ts";
import type { CredentialProvider } from "./credentials/credentials.ts";
import { SharedCredentials } from "./credentials/shared-credentials.ts";
import { FactoryEmitters } from "./factory-events.ts";
import { type ClientFactoryOptions, factoryOptionNames } from "./factory-options.ts";
import type { FactoryStats } from "./factory-stats.ts";
import { policyPlugin } from "./plugin/policy-plugin.ts";
import type { SdkPlugin } from "./plugin/sdk-shapes.ts";
import { PooledHandler } from "./sockets/pooled-handler.ts";
import { SocketHosts } from "./sockets/socket-hosts.ts";
import { assertTierName, resolveTiers, type Tier, type TierName } from "./tiers/tier.ts";
import { tierOfService } from "./tiers/tier-of-service.ts";

/** Credentials followed in `stats()` and renewed ahead of time; the oldest is then renewed on use alone. */
const maxCredentials = 2_000;

const consoleWarnings: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** What a factory shares with the factories of profiles and roles made from it. */
export class FactoryResources {
  readonly options: ClientFactoryOptions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly emitters: FactoryEmitters = new FactoryEmitters();
  readonly hosts: SocketHosts;
  readonly registry: ClientRegistry;
  readonly tiers: Readonly<Record<TierName, Tier>>;
  readonly localOnly: boolean;
  /** The policy, as every client is given it. */
  readonly plugin: SdkPlugin | undefined;
  readonly credentials: Set<SharedCredentials> = new Set();
  /** Misspelt variables that were warned about. */
  readonly warnedOf: Set<string> = new Set();
  hits = 0;
  misses = 0;
  closed = false;

  constructor(options: ClientFactoryOptions) {
    assertKnownOptions("createClientFactory()", options, factoryOptionNames);
    const { clock = systemClock, random = Math.random, logger = consoleWarnings, policy, localOnly = false } = options;
    assertOptions(options);
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.logger = logger;
    this.localOnly = localOnly;
    this.hosts = new SocketHosts(options.sockets ?? {}, clock);
    this.registry = new ClientRegistry(options, clock);
    this.tiers = resolveTiers(options.tiers);
    this.plugin = policy === undefined ? undefined : policyPlugin(policy, { clock, random, logger });
  }

  tierOf(service: string): Tier {
    return this.tiers[this.options.tierByService?.[service] ?? tierOfService(service)];
  }

  handler(tier: Tier): PooledHandler {
    return new PooledHandler({ hosts: this.hosts, tier, localOnly: this.localOnly });
  }

  share(identity: string, fetch: CredentialProvider): SharedCredentials {
    const { clock, random, emitters, logger } = this;
    const shared = new SharedCredentials({
      identity,
      fetch,
      clock,
      random,
      onRefresh: (event) => emitters.refresh.emit(event),
      onRefreshFailure: (event) => {
        const { validForMs } = event;
        if (validForMs > 0)
          logger.warn("Credentials could not be renewed; those at hand stay in use", { identity, validForMs });
        emitters.refreshFailure.emit(event);
      },
    });
    this.credentials.add(shared);
    if (this.credentials.size > maxCredentials) this.#forgetOldest();
    return shared;
  }

  stats(): FactoryStats {
    const { registry, hosts, hits, misses } = this;
    const credentials = [...this.credentials].map(({ identity, refreshes, expiresAt }) => {
      return { identity, refreshes, expiresAt };
    });
    return {
      clients: registry.size,
      hits,
      misses,
      evicted: registry.evicted,
      ...hosts.totals(),
      sockets: hosts.gauges(),
      refreshes: credentials.reduce((total, { refreshes }) => total + refreshes, 0),
      credentials,
    };
  }

  #forgetOldest(): void {
    const [oldest] = this.credentials;
    if (oldest === undefined) return;
    oldest.close();
    this.credentials.delete(oldest);
  }

  assertOpen(): void {
    if (this.closed) throw new Error("This client factory is closed; make a new one with createClientFactory()");
  }

  close(): void {
    this.closed = true;
    this.registry.close();
    for (const shared of this.credentials) shared.close();
    this.hosts.close();
  }
}

function assertOptions(options: ClientFactoryOptions): void {
  const { tierByService = {}, mfaCode, expectedAccount, endpoint, region, profile, random } = options;
  for (const [service, tier] of Object.entries(tierByService)) assertTierName(`tierByService.${service}`, tier);
  if (mfaCode !== undefined) assertFunction("mfaCode", mfaCode);
  if (random !== undefined) assertFunction("random", random);
  assertAccountId("expectedAccount", expectedAccount);
  assertRegionName("region", region);
  assertText("profile", profile, /./, "the name of a profile");
  assertEndpoint("endpoint", endpoint);
}
