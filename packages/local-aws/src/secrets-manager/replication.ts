import { flag, structures, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import type { Secret } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

interface ReplicaRegion {
  readonly region: string;
  readonly kmsKeyId: string | undefined;
  readonly force: boolean;
}

/** The state of each replica, undefined when there is none. */
export function replicationStatus({ replicas }: Secret): readonly Fields[] | undefined {
  if (replicas.size === 0) return undefined;
  return [...replicas.values()].map(({ region, kmsKeyId, status, statusMessage }) => ({
    Region: region,
    KmsKeyId: kmsKeyId ?? "alias/aws/secretsmanager",
    Status: status,
    StatusMessage: statusMessage,
  }));
}

/** `AddReplicaRegions` of the request. */
export function readReplicaRegions(input: Fields, ownRegion: string): readonly ReplicaRegion[] {
  const force = flag(input, "ForceOverwriteReplicaSecret") ?? false;
  return (structures(input, "AddReplicaRegions") ?? []).map((entry) => {
    const region = text(entry, "Region") ?? "";
    if (!/^([a-z]+-)+\d+$/.test(region)) throw invalid(`Invalid replica region: ${region}.`);
    if (region === ownRegion) throw invalid("Invalid replica region. Region can't be the same as the primary region.");
    return { region, kmsKeyId: text(entry, "KmsKeyId"), force };
  });
}

/** Announces the replicas; they come into sync, or fail, after the lag. */
export function addReplicas(store: SecretStore, secret: Secret, regions: readonly ReplicaRegion[], now: number): void {
  for (const { region, kmsKeyId, force } of regions) {
    if (secret.replicas.get(region)?.status === "InSync") continue;
    secret.replicas.set(region, { region, kmsKeyId, status: "InProgress", statusMessage: "" });
    store.schedule(now + store.lags.replicaMs, () =>
      finishReplica(store, secret, region, force, now + store.lags.replicaMs),
    );
  }
}

export function replicateSecretToRegions(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findWritable(input, call);
    const regions = readReplicaRegions(input, call.region);
    if (regions.length === 0) throw invalid("You must provide at least one region to replicate to.");
    addReplicas(store, secret, regions, call.now);
    store.changed(secret, call.now);
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) };
  };
}

export function removeRegionsFromReplication(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findWritable(input, call);
    for (const region of texts(input, "RemoveReplicaRegions") ?? []) {
      const replica = secret.replicas.get(region);
      if (replica === undefined) throw invalid(`The secret has no replica in ${region}.`);
      secret.replicas.delete(region);
      const copy = store.region(secret.account, region).secretByName.get(secret.name);
      if (copy?.primaryRegion === secret.region) store.remove(copy, call.now);
    }
    store.changed(secret, call.now);
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) ?? [] };
  };
}

/** Makes a replica a secret of its own. */
export function stopReplicationToReplica(store: SecretStore): Operation {
  return (input, call) => {
    const replica = store.findUsable(input, call);
    if (replica.primaryRegion === undefined) {
      throw new ServiceError("InvalidRequestException", "Operation is only permitted on a replica secret.");
    }
    store
      .region(replica.account, replica.primaryRegion)
      .secretByName.get(replica.name)
      ?.replicas.delete(replica.region);
    replica.primaryRegion = undefined;
    store.changed(replica, call.now);
    return { ARN: replica.arn };
  };
}

function finishReplica(store: SecretStore, primary: Secret, region: string, force: boolean, now: number): void {
  const replica = primary.replicas.get(region);
  if (replica?.status !== "InProgress") return;
  const existing = store.region(primary.account, region).secretByName.get(primary.name);
  const isOurs = existing?.primaryRegion === primary.region;
  if (existing !== undefined && !isOurs && !force) {
    replica.status = "Failed";
    replica.statusMessage = `Replication failed: Secret name ${primary.name} already exists in region ${region}.`;
    return;
  }
  replica.status = "InSync";
  replica.statusMessage = "Replication succeeded";
  const copy = store.put({
    ...primary,
    region,
    arn: primary.arn.replace(`:${primary.region}:`, `:${region}:`),
    kmsKeyId: replica.kmsKeyId,
    primaryRegion: primary.region,
    replicas: new Map(),
  });
  store.relist(copy, now);
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}
