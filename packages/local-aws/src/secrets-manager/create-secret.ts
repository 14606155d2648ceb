import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { addVersion, readToken, readValue } from "./new-version.ts";
import { addReplicas, readReplicaRegions, replicationStatus } from "./replication.ts";
import { current, type Secret, type SecretValue, sameValue } from "./secret.ts";
import { isSecretName } from "./secret-name.ts";
import type { SecretStore } from "./secret-store.ts";
import { readTags } from "./tags.ts";

export function createSecret(store: SecretStore): Operation {
  return (input, call) => {
    const { account, region, now } = call;
    store.settle(now);
    const name = readName(input);
    const value = readValue(input);
    const token = value === undefined ? undefined : readToken(input);
    const tags = readTags(input);
    const replicaRegions = readReplicaRegions(input, region);
    const existing = existingSecret(store, name, call);
    if (existing !== undefined) return replay(existing, token, value);
    const secret = store.add({
      name,
      account,
      region,
      createdAt: now,
      description: text(input, "Description"),
      kmsKeyId: text(input, "KmsKeyId"),
      tags,
    });
    if (value !== undefined && token !== undefined) addVersion(secret, token, value, [current], now);
    addReplicas(store, secret, replicaRegions, now);
    store.changed(secret, now);
    return created(secret, token);
  };
}

function readName(input: Fields): string {
  const name = text(input, "Name") ?? "";
  if (isSecretName(name)) return name;
  throw new ServiceError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}

function existingSecret(store: SecretStore, name: string, { account, region }: ServiceCall): Secret | undefined {
  const { secretByName, beingDeleted } = store.region(account, region);
  const secret = secretByName.get(name);
  if (secret?.deletedAt === undefined && !beingDeleted.has(name)) return secret;
  throw new ServiceError(
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

// The same token with the same value is the same request sent twice; anything else finds the name taken.
function replay(secret: Secret, token: string | undefined, value: SecretValue | undefined): Fields {
  const version = token === undefined ? undefined : secret.versions.get(token);
  if (version !== undefined && value !== undefined && sameValue(version.value, value)) return created(secret, token);
  throw new ServiceError(
    "ResourceExistsException",
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

function created(secret: Secret, versionId: string | undefined): Fields {
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, ReplicationStatus: replicationStatus(secret) };
}
