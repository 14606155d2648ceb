import { OptionError } from "@holdfast/errors";
import { assertKnownOptions, type Event } from "@holdfast/errors/policy";
import { BoundedMap } from "./bounded-map.ts";
import {
  type ClearFilter,
  type ClientFactory,
  type ClientOptions,
  clearFilterNames,
  clientOptionNames,
} from "./client-factory.ts";
import { ClientCache } from "./clients/client-cache.ts";
import type { ClientEntry } from "./clients/client-entry.ts";
import { makeClient } from "./clients/make-client.ts";
import { copyData } from "./clients/plain-data.ts";
import type { ConfigOf, SdkClientConstructor } from "./clients/sdk-client.ts";
import { assertActions } from "./credentials/allowed-actions.ts";
import { type AssumeRoleOptions, assertAssumeRoleOptions } from "./credentials/assume-role-options.ts";
import {
  assertValidateOptions,
  type CallerIdentity,
  type ValidateCredentialsOptions,
} from "./credentials/caller-identity.ts";
import { parseRoleArn } from "./credentials/role-arn.ts";
import { roleCredentials } from "./credentials/role-credentials.ts";
import { asRoleOptions, isRoleList } from "./credentials/role-option.ts";
import type { RefreshEvent, RefreshFailureEvent } from "./credentials/shared-credentials.ts";
import { StsClients } from "./credentials/sts-clients.ts";
import { validateCredentials } from "./credentials/validate-credentials.ts";
import type { ClientEvent } from "./factory-events.ts";
import type { FactoryResources } from "./factory-resources.ts";
import type { FactoryStats } from "./factory-stats.ts";
import { callerOf, type GivenCredentials, type Identities } from "./identities.ts";
import type { Identity } from "./identity.ts";
import { importPeer } from "./import-peer.ts";
import { RoleCache } from "./role-cache.ts";
import { isLoopbackUrl } from "./sockets/assert-loopback.ts";

const nothing: ClientOptions = {};

/** Roles, and as many profiles, providers and local endpoints, remembered per factory. */
const maxDerived = 1_000;

/** The factory of one identity: the base one, a profile's, or a role's. */
export class AccountFactory implements ClientFactory {
  readonly kind = "client-factory";
  readonly #resources: FactoryResources;
  readonly #identity: Identity;
  readonly #identities: Identities;
  readonly #isRoot: boolean;
  readonly #cache = new ClientCache();
  readonly #profiles = new BoundedMap<string, AccountFactory>(maxDerived);
  readonly #given = new BoundedMap<Identity, AccountFactory>(maxDerived);
  readonly #local = new BoundedMap<string, AccountFactory>(maxDerived);
  readonly #roles = new RoleCache<AccountFactory>(maxDerived);

  constructor(resources: FactoryResources, identity: Identity, identities: Identities, isRoot: boolean) {
    this.#resources = resources;
    this.#identity = identity;
    this.#identities = identities;
    this.#isRoot = isRoot;
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
    for (const name in options) if (!Object.hasOwn(clientOptionNames, name)) refuseUnknown(options);
    return hasIdentityOfItsOwn(options)
      ? this.#derivedClient(clientClass, options)
      : this.#ownClient(clientClass, options);
  }

  assumeRole(options: AssumeRoleOptions): AccountFactory {
    this.#resources.assertOpen();
    let factory = this.#roles.find(options);
    if (factory === undefined) {
      factory = this.#makeRole(copyData(options));
      this.#roles.add(options, factory);
    }
    return factory;
  }

  async validateCredentials(options: ValidateCredentialsOptions = {}): Promise<CallerIdentity> {
    assertValidateOptions(options);
    const { expectedAccount } = this.#resources.options;
    const caller = await callerOf(this.#resources, this.#identity.sts);
    const isBase = this.#identity.roles.length === 0;
    const expected = isBase && expectedAccount !== undefined ? { expectedAccount, ...options } : options;
    const identity = await validateCredentials(caller, expected);
    const { actions = [], signal } = options;
    if (actions.length > 0) {
      const { IAMClient } = await importPeer("@aws-sdk/client-iam", () => import("@aws-sdk/client-iam"));
      const client = this.client(IAMClient, { region: caller.region });
      await assertActions({ arn: identity.arn, actions, profile: caller.profile, signal, client });
    }
    return identity;
  }

  stats(): FactoryStats {
    return this.#resources.stats();
  }

  clear(filter: ClearFilter = {}): number {
    assertKnownOptions("clear()", filter, clearFilterNames); // one that is misspelt would match all
    const { service, region, accountId } = filter;
    let dropped = 0;
    if (accountId === undefined || accountId === this.accountId) {
      for (const entry of [...this.#cache.entries()]) {
        if (service !== undefined && entry.service !== service) continue;
        if (region !== undefined && entry.region !== region) continue;
        this.#resources.registry.drop(entry);
        dropped += 1;
      }
    }
    return this.#derived().reduce((sum, factory) => sum + factory.clear(filter), dropped);
  }

  async close(): Promise<void> {
    if (this.#isRoot) return this.#resources.close();
    this.clear();
    for (const factory of [this, ...this.#derived()]) factory.#identity.credentials.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  toJSON(): object {
    return { kind: this.kind, name: this.name, identity: this.#identity.credentials.identity };
  }

  #ownClient<Constructor extends SdkClientConstructor>(
    clientClass: Constructor,
    options: ClientOptions<ConfigOf<Constructor>>,
  ): InstanceType<Constructor> {
    const resources = this.#resources;
    const region = options.region ?? resources.options.region;
    let entry = this.#cache.find(clientClass, region, options);
    if (entry === undefined) entry = this.#make(clientClass, region, options);
    else resources.hits += 1;
    resources.registry.touch(entry);
    return entry.client as InstanceType<Constructor>;
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
    options: ClientOptions<ConfigOf<Constructor>>,
  ): InstanceType<Constructor> {
    const { role, profile, endpoint } = options;
    const config = options.config as { readonly credentials?: GivenCredentials } | undefined;
    const credentials = options.credentials ?? config?.credentials;
    if (credentials !== undefined && profile !== undefined) {
      throw new OptionError("profile", "absent where `credentials` are given: one of them says who asks", profile);
    }
    let factory: AccountFactory = credentials === undefined ? this : this.#ofGiven(credentials);
    if (profile !== undefined) factory = factory.#ofProfile(profile);
    if (role !== undefined && endpoint !== undefined) factory = factory.#withLocalSts(endpoint);
    if (isRoleList(role)) for (const link of role) factory = factory.assumeRole(asRoleOptions(link));
    else if (role !== undefined) factory = factory.assumeRole(asRoleOptions(role));
    if (config?.credentials === undefined) return factory.#ownClient(clientClass, options);
    const { credentials: _, ...rest } = config; // the identity has them: they are no part of the key
    return factory.#ownClient(clientClass, { ...options, config: rest } as ClientOptions<ConfigOf<Constructor>>);
  }

  #ofProfile(profile: string): AccountFactory {
    return this.#profiles.getOrMake(profile, () => this.#derive(this.#identities.ofProfile(profile)));
  }

  #ofGiven(credentials: GivenCredentials): AccountFactory {
    const identity = this.#identities.given(credentials);
    return this.#given.getOrMake(identity, () => this.#derive(identity));
  }

  // Whoever sends a role's client to this machine must not ask AWS itself for the role.
  #withLocalSts(endpoint: string): AccountFactory {
    if (!isLoopbackUrl(endpoint) || endpoint === this.#resources.options.endpoint) return this;
    const { credentials, profile } = this.#identity;
    return this.#local.getOrMake(endpoint, () => {
      return this.#derive({
        ...this.#identity,
        sts: new StsClients(this.#resources, credentials, { profile, endpoint }),
      });
    });
  }

  #derive(identity: Identity): AccountFactory {
    return new AccountFactory(this.#resources, identity, this.#identities, false);
  }

  #makeRole(options: AssumeRoleOptions): AccountFactory {
    const { sts, profile, roles, guard } = this.#identity;
    assertAssumeRoleOptions(options, roles.length > 0);
    const { roleArn } = options;
    const credentials = this.#resources.share(`role ${roleArn}`, roleCredentials(this.#resources, sts, options));
    return this.#derive({
      credentials,
      accountId: parseRoleArn("roleArn", roleArn).account,
      profile,
      roles: [...roles, roleArn],
      sts: new StsClients(this.#resources, credentials, sts.place),
      guard,
    });
  }

  #derived(): AccountFactory[] {
    return [this.#profiles, this.#given, this.#local]
      .flatMap((map) => [...map.values()])
      .concat(this.#roles.factories());
  }
}

// Not in line: a hit has to be quick.
function refuseUnknown(options: ClientOptions): void {
  assertKnownOptions("client()", options, clientOptionNames);
}

function hasIdentityOfItsOwn({ role, profile, credentials, config }: ClientOptions): boolean {
  if (role !== undefined || profile !== undefined || credentials !== undefined) return true;
  return config !== undefined && (config as { credentials?: unknown }).credentials !== undefined;
}
