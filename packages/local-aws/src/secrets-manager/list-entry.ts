import { Timestamp } from "../protocol/timestamp.ts";
import { type Secret, stagesByVersion } from "./secret.ts";

/** A secret as ListSecrets shows it. */
export interface SecretListEntry {
  readonly ARN: string;
  readonly Name: string;
  readonly Description: string | undefined;
  readonly KmsKeyId: string | undefined;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly CreatedDate: Timestamp;
  readonly LastChangedDate: Timestamp;
  readonly LastAccessedDate: Timestamp | undefined;
  readonly DeletedDate: Timestamp | undefined;
  readonly PrimaryRegion: string | undefined;
  readonly SecretVersionsToStages: Readonly<Record<string, readonly string[]>> | undefined;
}

export function listEntry(secret: Secret, { deleted = false }: { readonly deleted?: boolean } = {}): SecretListEntry {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    Tags: tagList(secret),
    CreatedDate: new Timestamp(secret.createdAt),
    LastChangedDate: new Timestamp(secret.changedAt),
    LastAccessedDate: moment(secret.accessedAt),
    DeletedDate: deleted ? moment(secret.deletedAt) : undefined,
    PrimaryRegion: primaryRegionOf(secret),
    SecretVersionsToStages: stagesByVersion(secret),
  };
}

export function tagList({ tags }: Secret): { readonly Key: string; readonly Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Both sides of a replication name the primary's region; a secret without replicas names none. */
export function primaryRegionOf({ primaryRegion, replicas, region }: Secret): string | undefined {
  return primaryRegion ?? (replicas.size > 0 ? region : undefined);
}

export function moment(ms: number | undefined): Timestamp | undefined {
  return ms === undefined ? undefined : new Timestamp(ms);
}
