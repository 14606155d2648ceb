import { CallLog } from "./calls/call-log.ts";
import { type Clock, systemClock } from "./clock.ts";
import { cloudWatch } from "./cloudwatch/cloudwatch.ts";
import { FaultRules } from "./faults/faults.ts";
import { iam } from "./iam/iam.ts";
import { RoleStore } from "./iam/role-store.ts";
import { AccessKeys } from "./identity/access-keys.ts";
import { Authenticator } from "./identity/authenticator.ts";
import { authorizer } from "./identity/authorizer.ts";
import { kms } from "./kms/kms.ts";
import { assertKnownOptions, type KnownOptions } from "./known-options.ts";
import type { LocalAwsOptions } from "./local-aws-options.ts";
import { assertAccount, assertNumber, OptionError } from "./option-error.ts";
import { Quotas, quotasWith } from "./quotas/quotas.ts";
import { type Random, seededRandom } from "./random.ts";
import { Responders } from "./responder/responders.ts";
import { SecretStore, type SecretsManagerLags } from "./secrets-manager/secret-store.ts";
import { secretsManager } from "./secrets-manager/secrets-manager.ts";
import { RequestHandler } from "./server/request-handler.ts";
import { sts } from "./sts/sts.ts";

/** Everything behind the socket: the services with their state, and what stands before them. */
export interface Cloud {
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly roles: RoleStore;
  readonly faults: FaultRules;
  readonly responders: Responders;
  readonly calls: CallLog;
  readonly handler: RequestHandler;
}

/** Builds a cloud from options. Throws `OptionError` when one is wrong. */
export function createCloud(options: LocalAwsOptions): Cloud {
  assertKnownOptions("startLocalAws()", options, knownOptions);
  const {
    seed = 1,
    clock = systemClock,
    callCapacity = 10_000,
    lags = {},
    roles: given = [],
    faults: rules = [],
  } = options;
  if (!Array.isArray(given)) throw new OptionError("roles", "an array of roles", given);
  if (!Array.isArray(rules)) throw new OptionError("faults", "an array of rules", rules);
  assertNumber("seed", seed);
  assertNumber("callCapacity", callCapacity, { min: 0 });
  assertKnownOptions("lags", lags, knownLags);
  for (const [name, ms] of Object.entries(lags)) assertNumber(`lags.${name}`, ms, { min: 0 });
  const random = seededRandom(seed);
  const accessKeys = accessKeysOf(options, random);
  const roles = new RoleStore(random);
  for (const role of given) roles.addFromOptions(role, clock.now());
  const secrets = new SecretStore({ replicaMs: 200, listMs: 1_000, forcedDeletionMs: 200, ...lags }, random);
  const faults = new FaultRules(clock, seededRandom(seed + 1)); // a stream of their own: state does not shift the faults
  for (const rule of rules) faults.add(rule);
  const responders = new Responders();
  const calls = new CallLog(callCapacity);
  const handler = new RequestHandler({
    services: [secretsManager(secrets), sts(roles, accessKeys), iam(roles), cloudWatch(), kms(seededRandom(seed + 2))],
    accessKeys,
    authenticator: new Authenticator(clock),
    authorize: authorizer(roles),
    faults,
    quotas: new Quotas(quotasWith(options.quotas)),
    responders,
    calls,
    clock,
  });
  return { clock, secrets, roles, faults, responders, calls, handler };
}

const knownOptions: KnownOptions<keyof LocalAwsOptions> = {
  port: true,
  host: true,
  seed: true,
  faults: true,
  quotas: true,
  clock: true,
  roles: true,
  accessKeys: true,
  lags: true,
  tls: true,
  callCapacity: true,
};

const knownLags: KnownOptions<keyof SecretsManagerLags> = { replicaMs: true, listMs: true, forcedDeletionMs: true };

function accessKeysOf({ accessKeys = {} }: LocalAwsOptions, random: Random): AccessKeys {
  const keys = new AccessKeys(random);
  for (const [accessKeyId, key] of Object.entries(accessKeys)) {
    assertAccount(`accessKeys.${accessKeyId}.account`, key.account);
    keys.add(accessKeyId, key);
  }
  return keys;
}
