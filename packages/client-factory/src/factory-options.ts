import type { Clock, Logger } from "@holdfast/errors/policy";
import type { ClientRegistryOptions } from "./clients/client-registry.ts";
import type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
import type { SdkPolicy, SdkPolicySelector } from "./plugin/sdk-policy.ts";
import type { SocketOptions } from "./sockets/socket-hosts.ts";
import type { TierName, TierOverrides } from "./tiers/tier.ts";

export interface ClientFactoryOptions extends ClientRegistryOptions {
  /** What the factory is for; part of the names of role sessions. */
  readonly name?: string | undefined;
  /** Default: what the SDK finds, in `AWS_REGION` or the profile. */
  readonly region?: string | undefined;
  /** A profile of the shared files. Default: what the SDK finds, in `AWS_PROFILE` or `default`. */
  readonly profile?: string | undefined;
  /** Fixed credentials or any provider. Default: the SDK's standard chain, loaded when first needed. */
  readonly credentials?: Credentials | CredentialProvider | undefined;
  /** Where all services are, e.g. `http://127.0.0.1:4566`; STS too. Default: AWS, or what `AWS_ENDPOINT_URL*` says. */
  readonly endpoint?: string | undefined;
  /** Refuse, before a byte is sent, every host that is not this machine. Default false. */
  readonly localOnly?: boolean | undefined;
  /** Runs as the one retry loop of every client. Default: the SDK's own loop. */
  readonly policy?: SdkPolicy | SdkPolicySelector | undefined;
  /** Other numbers for the tiers. */
  readonly tiers?: TierOverrides | undefined;
  /** Other tiers for services, by their name in the SDK: `{ DynamoDB: "standard" }`. */
  readonly tierByService?: Readonly<Record<string, TierName>> | undefined;
  readonly sockets?: SocketOptions | undefined;
  /** Asks for the code of the MFA device that a profile names. */
  readonly mfaCode?: ((mfaSerial: string) => Promise<string>) | undefined;
  /** The account whose credentials these must be; checked before the first request of any client. */
  readonly expectedAccount?: string | undefined;
  /** Default: warnings to `console`, nothing else. */
  readonly logger?: Logger | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Every option there is: any other name is a mistake, and `localonly` a dear one. */
export const factoryOptionNames: Readonly<Record<keyof ClientFactoryOptions, true>> = {
  name: true,
  region: true,
  profile: true,
  credentials: true,
  endpoint: true,
  localOnly: true,
  policy: true,
  tiers: true,
  tierByService: true,
  sockets: true,
  mfaCode: true,
  expectedAccount: true,
  maxClients: true,
  idleMs: true,
  logger: true,
  clock: true,
  random: true,
};
