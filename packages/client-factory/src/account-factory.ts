import { OptionError } from "@holdfast/errors";
import type { Event } from "@holdfast/errors/policy";
import type { ClearFilter, ClientFactory, ClientOptions, RoleOption } from "./client-factory.ts";
import { ClientCache } from "./clients/client-cache.ts";
import type { ClientEntry } from "./clients/client-entry.ts";
import { makeClient } from "./clients/make-client.ts";
import { copyData, sameData } from "./clients/plain-data.ts";
import type { ConfigOf, SdkClientConstructor } from "./clients/sdk-client.ts";
import { type AssumeRoleOptions, assertAssumeRoleOptions } from "./credentials/assume-role-options.ts";
import { parseRoleArn } from "./credentials/role-arn.ts";
import { roleCredentials } from "./credentials/role-credentials.ts";
import type { RefreshEvent, RefreshFailureEvent } from "./credentials/shared-credentials.ts";
import { StsClients } from "./credentials/sts-clients.ts";
import {
  type CallerIdentity,
  type ValidateCredentialsOptions,
  validateCredentials,
} from "./credentials/validate-credentials.ts";
import type { ClientEvent } from "./factory-events.ts";
import type { FactoryResources } from "./factory-resources.ts";
import type { FactoryStats } from "./factory-stats.ts";
import type { Identity } from "./identity.ts";

interface RoleFactory {
  readonly options: AssumeRoleOptions;
  readonly factory: AccountFactory;
}

const nothing: ClientOptions = {};

/** Roles and profiles remembered per factory; the oldest is forgotten first, and works on for those who hold it. */
const maxDerived = 1_000;

/** The factory of one identity: the base one, a profile's, or a role's. */
export class AccountFactory implements ClientFactory {
  readonly kind = "client-factory";
  readonly #resources: FactoryResources;
  readonly #identity: Identity;
  readonly #identityOfProfile: (profile: string) => Identity;
  readonly #cache = new ClientCache();
  readonly #profiles = new Map<string, AccountFactory>();
  readonly #roles = new Map<string, RoleFactory[]>();
  readonly #sts: StsClients;

  constructor(resources: FactoryResources, identity: Identity, identityOfProfile: (profile: string) => Identity) {
    this.#resources = resources;
    this.#identity = identity;
    this.#identityOfProfile = identityOfProfile;
    this.#sts = new StsClients(resources, identity.credentials, identity.profile);
  }

  get name(): string | undefined {
    return this.#resources.options.name;
  }

  get accountId(): string | undefined {
    return this.#identity.accountId;
  }

  get onClient(): Event<ClientEvent> {
    return this.#resources.emitters.client.event;
  }

  get onRefresh(): Event<RefreshEvent> {
    return this.#resources.emitters.refresh.event;
  }

  get onRefreshFailure(): Event<RefreshFailureEvent> {
    return this.#resources.emitters.refreshFailure.event;
  }

  client<Constructor extends SdkClientConstructor>(
    clientClass: Constructor,
    options: ClientOptions<ConfigOf<Constructor>> = nothing,
  ): InstanceType<Constructor> {
    const resources = this.#resources;
    if (options.role !== undefined || options.profile !== undefined) return this.#derivedClient(clientClass, options);
    const region = options.region ?? resources.options.region;
    let entry = this.#cache.find(clientClass, region, options);
    if (entry === undefined) entry = this.#make(clientClass, region, options);
    else resources.hits += 1;
    resources.registry.touch(entry);
    return entry.client as InstanceType<Constructor>;
  }

  assumeRole(options: AssumeRoleOptions): AccountFactory {
    this.#resources.assertOpen();
    const known = this.#roles.get(options.roleArn) ?? [];
    const same = known.find((role) => sameData(role.options, options));
    if (same !== undefined) return same.factory;
    const factory = this.#makeRole(copyData(options));
    known.push({ options: copyData(options), factory });
    this.#roles.set(options.roleArn, known);
    forgetOldest(this.#roles);
    return factory;
  }

  async validateCredentials(options: ValidateCredentialsOptions = {}): Promise<CallerIdentity> {
    const { credentials, profile } = this.#identity;
    const { clock, options: given } = this.#resources;
    const caller = {
      source: credentials.identity,
      profile,
      region: given.region ?? (await this.#sts.regionOr("us-east-1")),
      expiresAt: () => credentials.expiresAt,
      now: () => clock.now(),
      clientFor: (region: string) => this.#sts.in(region),
    };
    const { expectedAccount = given.expectedAccount, ...rest } = options;
    return validateCredentials(caller, { expectedAccount, ...rest });
  }

  stats(): FactoryStats {
    const { registry, hosts, hits, misses, credentials } = this.#resources;
    return {
      clients: registry.size,
      hits,
      misses,
      evicted: registry.evicted,
      ...hosts.totals(),
      sockets: hosts.gauges(),
      credentials: [...credentials].map(({ identity, refreshes, expiresAt }) => ({ identity, refreshes, expiresAt })),
    };
  }

  clear({ service, region, account }: ClearFilter = {}): number {
    let dropped = 0;
    if (account === undefined || account === this.accountId) {
      for (const entry of [...this.#cache.entries()]) {
        if (service !== undefined && entry.service !== service) continue;
        if (region !== undefined && entry.region !== region) continue;
        this.#resources.registry.drop(entry);
        dropped += 1;
      }
    }
    const filter = { service, region, account };
    return this.#derived().reduce((sum, factory) => sum + factory.clear(filter), dropped);
  }

  async close(): Promise<void> {
    this.#resources.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  toJSON(): object {
    return { kind: this.kind, name: this.name, identity: this.#identity.credentials.identity };
  }

  #make(clientClass: SdkClientConstructor, region: string | undefined, options: ClientOptions): ClientEntry {
    this.#resources.assertOpen();
    const entry = makeClient(this.#resources, this.#identity, clientClass, region, options);
    this.#resources.misses += 1;
    this.#resources.registry.add(entry, this.#cache.add(clientClass, region, options, entry));
    return entry;
  }

  #derivedClient<Constructor extends SdkClientConstructor>(
    clientClass: Constructor,
    { role, profile, ...options }: ClientOptions<ConfigOf<Constructor>>,
  ): InstanceType<Constructor> {
    const base = profile === undefined ? this : this.#ofProfile(profile);
    const roles = role === undefined ? [] : isList(role) ? role : [role];
    const factory = roles.reduce<AccountFactory>((outer, link) => outer.assumeRole(asRoleOptions(link)), base);
    return factory.client(clientClass, options as ClientOptions<ConfigOf<Constructor>>);
  }

  #ofProfile(profile: string): AccountFactory {
    let factory = this.#profiles.get(profile);
    if (factory === undefined) {
      factory = new AccountFactory(this.#resources, this.#identityOfProfile(profile), this.#identityOfProfile);
      this.#profiles.set(profile, factory);
      forgetOldest(this.#profiles);
    }
    return factory;
  }

  #makeRole(options: AssumeRoleOptions): AccountFactory {
    const { credentials, profile, roles } = this.#identity;
    assertAssumeRoleOptions(options, roles.length > 0);
    const source = { credentials, profile, region: this.#resources.options.region };
    const shared = this.#resources.share(`role ${options.roleArn}`, roleCredentials(this.#resources, source, options));
    const accountId = parseRoleArn("roleArn", options.roleArn).account;
    const identity: Identity = { credentials: shared, accountId, profile, roles: [...roles, options.roleArn] };
    return new AccountFactory(this.#resources, identity, this.#identityOfProfile);
  }

  #derived(): AccountFactory[] {
    return [...this.#profiles.values(), ...[...this.#roles.values()].flat().map(({ factory }) => factory)];
  }
}

function isList(role: RoleOption | readonly RoleOption[]): role is readonly RoleOption[] {
  return Array.isArray(role);
}

function asRoleOptions(role: RoleOption): AssumeRoleOptions {
  if (typeof role === "string") return { roleArn: role };
  if (typeof role !== "object" || role === null)
    throw new OptionError("role", "a role's ARN or the options of assumeRole", role);
  return role;
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= maxDerived) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
