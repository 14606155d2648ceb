import { Calendar } from "../calendar.ts";
import { evaluatePolicies } from "../iam/evaluate-policies.ts";
import { namesOf } from "../identity/principal.ts";
import { partitionOf } from "../partition.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { lettersAndDigits, type Random, randomText } from "../random.ts";
import type { ServiceCall } from "../server/service.ts";
import { listEntry, type SecretListEntry } from "./list-entry.ts";
import type { Secret } from "./secret.ts";

/** How long AWS takes for what it does later. */
export interface SecretsManagerLags {
  /** From a change of a primary to its replicas, ms. */
  readonly replicaMs: number;
  /** From a change to ListSecrets showing it, ms. */
  readonly listMs: number;
  /** From a forced deletion until the name is free, ms. */
  readonly forcedDeletionMs: number;
}

interface RegionalSecrets {
  readonly secretByName: Map<string, Secret>;
  /** What ListSecrets shows, behind the truth. */
  readonly listed: Map<string, SecretListEntry>;
  /** Names whose forced deletion has not ended. */
  readonly beingDeleted: Set<string>;
}

/** All secrets of all accounts and regions. */
export class SecretStore {
  readonly lags: SecretsManagerLags;
  readonly random: Random;
  readonly #calendar = new Calendar();
  readonly #regions = new Map<string, RegionalSecrets>();

  constructor(lags: SecretsManagerLags, random: Random) {
    this.lags = lags;
    this.random = random;
  }

  /** Lets happen what was due by now. Every operation begins with it. */
  settle(now: number): void {
    this.#calendar.runDue(now);
  }

  schedule(at: number, action: () => void): void {
    this.#calendar.schedule(at, action);
  }

  region(account: string, region: string): RegionalSecrets {
    const name = `${account}/${region}`;
    let secrets = this.#regions.get(name);
    if (secrets === undefined) {
      secrets = { secretByName: new Map(), listed: new Map(), beingDeleted: new Set() };
      this.#regions.set(name, secrets);
    }
    return secrets;
  }

  /** The secret that `SecretId` names: a name, an ARN, or an ARN without its suffix. Throws ResourceNotFoundException. */
  find(input: Fields, call: ServiceCall): Secret {
    const secret = this.lookUp(secretIdOf(input), call);
    if (secret === undefined) throw secretNotFound();
    return secret;
  }

  /** Like find, for an operation that a secret marked for deletion does not take. */
  findUsable(input: Fields, call: ServiceCall): Secret {
    const secret = this.find(input, call);
    if (secret.deletedAt !== undefined) throw markedForDeletion();
    return secret;
  }

  /** Like findUsable, for an operation that only a primary takes. */
  findWritable(input: Fields, call: ServiceCall): Secret {
    const secret = this.findUsable(input, call);
    if (secret.primaryRegion !== undefined) {
      throw notOnReplica();
    }
    return secret;
  }

  lookUp(secretId: string, call: ServiceCall): Secret | undefined {
    this.settle(call.now);
    if (!secretId.startsWith("arn:")) return this.region(call.account, call.region).secretByName.get(secretId);
    const parts = /^arn:[^:]+:secretsmanager:([^:]*):(\d{12}):secret:(.+)$/.exec(secretId);
    if (parts === null || parts[1] !== call.region) return undefined;
    const { secretByName } = this.region(parts[2]!, call.region);
    const named = parts[3]!;
    const byArn = secretByName.get(named.slice(0, -7));
    const secret = byArn?.arn === secretId ? byArn : secretByName.get(named);
    if (secret !== undefined && secret.account !== call.account) checkSharing(secret, call);
    return secret;
  }

  /** A new secret, its ARN ending in six random characters. */
  add(fields: Pick<Secret, "name" | "account" | "region" | "createdAt" | "description" | "kmsKeyId" | "tags">): Secret {
    const { name, account, region } = fields;
    const suffix = randomText(this.random, 6, lettersAndDigits);
    return this.put({
      ...fields,
      arn: `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:${name}-${suffix}`,
      changedAt: fields.createdAt,
      accessedAt: undefined,
      versions: new Map(),
      policy: undefined,
      deletedAt: undefined,
      purgeAt: undefined,
      primaryRegion: undefined,
      replicas: new Map(),
    });
  }

  put(secret: Secret): Secret {
    this.region(secret.account, secret.region).secretByName.set(secret.name, secret);
    return secret;
  }

  /** To be called after each change: the list, and the replicas, learn of it later. */
  changed(secret: Secret, now: number): void {
    secret.changedAt = now;
    this.relist(secret, now);
    if (secret.replicas.size === 0) return;
    const state = { ...secret };
    this.schedule(now + this.lags.replicaMs, () => this.#copyToReplicas(secret, state));
  }

  relist(secret: Secret, now: number): void {
    const { listed } = this.region(secret.account, secret.region);
    const entry = secret.deletedAt === undefined ? listEntry(secret) : listEntry(secret, { deleted: true });
    this.schedule(now + this.lags.listMs, () => {
      if (this.region(secret.account, secret.region).secretByName.get(secret.name) === secret)
        listed.set(secret.name, entry);
    });
  }

  /** Takes the secret away; its name is free once the deletion has ended. */
  remove(secret: Secret, now: number): void {
    const { secretByName, listed, beingDeleted } = this.region(secret.account, secret.region);
    secretByName.delete(secret.name);
    beingDeleted.add(secret.name);
    this.schedule(now + this.lags.forcedDeletionMs, () => beingDeleted.delete(secret.name));
    this.schedule(now + this.lags.listMs, () => {
      if (!secretByName.has(secret.name)) listed.delete(secret.name);
    });
  }

  #copyToReplicas(primary: Secret, state: Secret): void {
    for (const { region, status } of primary.replicas.values()) {
      const replica = this.region(primary.account, region).secretByName.get(primary.name);
      if (status !== "InSync" || replica?.primaryRegion !== primary.region) continue;
      const { description, tags, versions, changedAt } = state;
      Object.assign(replica, { description, tags, versions, changedAt });
      this.relist(replica, changedAt);
    }
  }
}

// Another account needs the secret's own policy, the full ARN, and a key it may use; its identity is asked elsewhere.
function checkSharing(secret: Secret, { principal, operation }: ServiceCall): void {
  const action = `secretsmanager:${operation}`;
  const verdict = evaluatePolicies(secret.policy === undefined ? [] : [secret.policy], {
    action,
    resource: secret.arn,
    principals: namesOf(principal),
    context: { "aws:principalarn": principal.arn, "aws:principalaccount": principal.account },
  });
  if (verdict !== "allowed") {
    throw new ServiceError(
      "AccessDeniedException",
      `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${secret.arn} because no resource-based policy allows the ${action} action`,
    );
  }
  if (secret.kmsKeyId === undefined || secret.kmsKeyId.endsWith("alias/aws/secretsmanager"))
    throw new ServiceError("AccessDeniedException", "Access to KMS is not allowed");
}

export function secretIdOf(input: Fields): string {
  const { SecretId } = input;
  if (typeof SecretId === "string" && SecretId !== "" && SecretId.length <= 2_048) return SecretId;
  const value = typeof SecretId === "string" ? `'${SecretId.slice(0, 20)}'` : "null";
  throw new ServiceError(
    "ValidationException",
    `1 validation error detected: Value ${value} at 'secretId' failed to satisfy constraint: Member must have length between 1 and 2048`,
  );
}

export function notOnReplica(): ServiceError {
  return new ServiceError(
    "InvalidParameterException",
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
}

export function secretNotFound(): ServiceError {
  return new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}

export function markedForDeletion(): ServiceError {
  return new ServiceError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}
