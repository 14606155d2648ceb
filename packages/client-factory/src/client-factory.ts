import type { ClientKey } from "./clients/client-cache.ts";
import type { ConfigOf, SdkClientConstructor } from "./clients/sdk-client.ts";
import type { AssumeRoleOptions } from "./credentials/assume-role-options.ts";
import type { CallerIdentity, ValidateCredentialsOptions } from "./credentials/caller-identity.ts";
import type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
import type { FactoryEvents } from "./factory-events.ts";
import type { FactoryStats } from "./factory-stats.ts";

export interface ClientOptions<Config extends object = object> extends ClientKey {
  /** Default: the factory's. */
  readonly region?: string | undefined;
  /** Use these credentials, or those of this provider, instead of the factory's; `config.credentials` says the same. */
  readonly credentials?: Credentials | CredentialProvider | undefined;
  /** Use this profile's credentials instead of the factory's. */
  readonly profile?: string | undefined;
  /** Assume this role first, or these roles one from the other: ARNs, or all there is to say. */
  readonly role?: RoleOption | readonly RoleOption[] | undefined;
  /** Anything else that the client's class takes; wins over what the factory says. */
  readonly config?: Config | undefined;
}

export const clientOptionNames: Readonly<Record<keyof ClientOptions, true>> = {
  region: true,
  endpoint: true,
  tier: true,
  credentials: true,
  profile: true,
  role: true,
  config: true,
};

export type RoleOption = string | AssumeRoleOptions;

/** Which clients to drop; what is not given matches all. */
export interface ClearFilter {
  /** The service's name in the SDK, e.g. `DynamoDB`. */
  readonly service?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
}

export const clearFilterNames: Readonly<Record<keyof ClearFilter, true>> = {
  service: true,
  region: true,
  accountId: true,
};

/** One place for AWS clients, their credentials and their sockets. */
export interface ClientFactory extends FactoryEvents, AsyncDisposable {
  readonly kind: "client-factory";
  readonly name: string | undefined;
  /** The account of the role whose credentials are used; `undefined` where no role was assumed. */
  readonly accountId: string | undefined;

  /**
   * The client of this class for this request: the same one each time the same is asked, made on first use.
   * Do not destroy it; the factory does, when it is idle, when room is needed and on {@link close}.
   */
  client<Constructor extends SdkClientConstructor>(
    clientClass: Constructor,
    options?: ClientOptions<ConfigOf<Constructor>>,
  ): InstanceType<Constructor>;

  /**
   * A factory whose clients use this role's credentials: the same one each time the same is asked. STS is asked
   * once, when a client first needs credentials, however many clients there are. From the factory that is
   * returned, further roles can be assumed.
   *
   * @throws OptionError for what STS would refuse, e.g. more than an hour for a role assumed from a role.
   */
  assumeRole(options: AssumeRoleOptions): ClientFactory;

  /**
   * Asks STS who these credentials are, before work starts.
   *
   * @throws CredentialError if there are none, or they are those of another account or partition.
   * @throws RegionError if a region that is needed is not enabled.
   */
  validateCredentials(options?: ValidateCredentialsOptions): Promise<CallerIdentity>;

  stats(): FactoryStats;

  /**
   * Drops clients, and says how many; one with a request under way is destroyed after it.
   *
   * @throws OptionError for a filter that there is not: it would match all.
   */
  clear(filter?: ClearFilter): number;

  /**
   * Destroys every client, socket and timer, those of the factories made from this one included; requests under
   * way fail. The factory of
   * a role drops its own clients and stops renewing; it can go on being used, as can the factory it came from.
   */
  close(): Promise<void>;
}
