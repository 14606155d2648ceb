import type { Operation } from "../server/service.ts";
import { moment, primaryRegionOf, tagList } from "./list-entry.ts";
import { replicationStatus } from "./replication.ts";
import { stagesByVersion } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

/** All but the value; works on a secret marked for deletion. Members without a value are left out. */
export function describeSecret(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.find(input, call);
    const Tags = tagList(secret);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      KmsKeyId: secret.kmsKeyId,
      LastChangedDate: moment(secret.changedAt),
      LastAccessedDate: moment(secret.accessedAt),
      DeletedDate: moment(secret.deletedAt),
      Tags: Tags.length > 0 ? Tags : undefined,
      VersionIdsToStages: stagesByVersion(secret),
      CreatedDate: moment(secret.createdAt),
      PrimaryRegion: primaryRegionOf(secret),
      ReplicationStatus: replicationStatus(secret),
    };
  };
}
