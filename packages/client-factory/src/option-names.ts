import type { ClearFilter, ClientOptions } from "./client-factory.ts";
import type { AssumeRoleOptions } from "./credentials/assume-role-options.ts";
import type { ValidateCredentialsOptions } from "./credentials/caller-identity.ts";
import type { ClientFactoryOptions } from "./factory-options.ts";
import type { PolicyPluginOptions } from "./plugin/policy-plugin.ts";
import type { SocketOptions } from "./sockets/socket-hosts.ts";
import type { TierSettings } from "./tiers/tier.ts";

// Every option there is: any other name is a mistake, and `localonly` a dear one.

type Names<Options> = Readonly<Record<keyof Options, true>>;

export const factoryOptionNames: Names<ClientFactoryOptions> = {
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

export const clientOptionNames: Names<ClientOptions> = {
  region: true,
  endpoint: true,
  tier: true,
  credentials: true,
  profile: true,
  role: true,
  config: true,
};

export const clearFilterNames: Names<ClearFilter> = { service: true, region: true, accountId: true };

export const assumeRoleOptionNames: Names<AssumeRoleOptions> = {
  roleArn: true,
  externalId: true,
  sessionName: true,
  durationSeconds: true,
  sessionTags: true,
  transitiveTagKeys: true,
  sourceIdentity: true,
  policy: true,
  mfaSerial: true,
  mfaCode: true,
  region: true,
};

export const validateOptionNames: Names<ValidateCredentialsOptions> = {
  expectedAccount: true,
  expectedPartition: true,
  regions: true,
  actions: true,
  signal: true,
};

export const pluginOptionNames: Names<PolicyPluginOptions> = {
  classify: true,
  logger: true,
  clock: true,
  random: true,
};

export const socketOptionNames: Names<SocketOptions> = { maxSockets: true, maxQueued: true, createAgent: true };

export const tierSettingNames: Names<TierSettings> = {
  maxAttempts: true,
  connectTimeoutMs: true,
  readTimeoutMs: true,
};
