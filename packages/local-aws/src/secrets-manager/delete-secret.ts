import { flag, number } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import type { Secret } from "./secret.ts";
import { markedForDeletion, notOnReplica, type SecretStore, secretIdOf, secretNotFound } from "./secret-store.ts";

const dayMs = 86_400_000;

/** Marks a secret for deletion after 7 to 30 days, or deletes it at once when forced. */
export function deleteSecret(store: SecretStore): Operation {
  return (input, call) => {
    const force = flag(input, "ForceDeleteWithoutRecovery") ?? false;
    const days = recoveryDays(input, force);
    const secret = store.lookUp(secretIdOf(input), call);
    if (secret === undefined) {
      if (!force) throw secretNotFound();
      return missing(secretIdOf(input), call.now);
    }
    checkDeletable(secret, secretIdOf(input));
    if (force) store.remove(secret, call.now);
    else mark(store, secret, call.now, days);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: new Timestamp(secret.purgeAt ?? call.now) };
  };
}

/** Takes the mark off again. */
export function restoreSecret(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.find(input, call);
    if (secret.deletedAt !== undefined) {
      secret.deletedAt = undefined;
      secret.purgeAt = undefined;
      store.changed(secret, call.now);
    }
    return { ARN: secret.arn, Name: secret.name };
  };
}

function recoveryDays(input: Fields, force: boolean): number {
  const days = number(input, "RecoveryWindowInDays");
  if (days === undefined) return 30;
  if (force) {
    throw new ServiceError(
      "InvalidParameterException",
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (Number.isInteger(days) && days >= 7 && days <= 30) return days;
  throw new ServiceError(
    "InvalidParameterException",
    "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
  );
}

function checkDeletable(secret: Secret, secretId: string): void {
  if (secret.primaryRegion !== undefined) throw notOnReplica();
  if (secret.replicas.size === 0) return;
  const regions = [...secret.replicas.keys()].join(",");
  throw new ServiceError(
    "InvalidParameterException",
    `You can't delete secret ${secretId} that still has replica regions [${regions}]`,
  );
}

function mark(store: SecretStore, secret: Secret, now: number, days: number): void {
  if (secret.deletedAt !== undefined) throw markedForDeletion();
  const purgeAt = now + days * dayMs;
  secret.deletedAt = now;
  secret.purgeAt = purgeAt;
  store.changed(secret, now);
  store.schedule(purgeAt, () => {
    if (secret.purgeAt === purgeAt) store.remove(secret, purgeAt);
  });
}

// Forcing the deletion of what is not there succeeds, so that clean-up can be repeated.
function missing(secretId: string, now: number): Fields {
  const name = secretId.startsWith("arn:") ? secretId.slice(secretId.lastIndexOf(":") + 1) : secretId;
  return { ARN: secretId, Name: name, DeletionDate: new Timestamp(now) };
}
