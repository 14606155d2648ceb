import { flag } from "../protocol/members.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import { moment } from "./list-entry.ts";
import { page } from "./page.ts";
import type { SecretStore } from "./secret-store.ts";

/** The labelled versions, and on request those that have lost their labels. */
export function listSecretVersionIds(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.find(input, call);
    const withDeprecated = flag(input, "IncludeDeprecated") ?? false;
    const versions = [...secret.versions.values()].filter(({ stages }) => withDeprecated || stages.length > 0);
    const { items, NextToken } = page(input, versions);
    return {
      ARN: secret.arn,
      Name: secret.name,
      NextToken,
      Versions: items.map(({ id, stages, createdAt, accessedAt }) => ({
        VersionId: id,
        VersionStages: stages.length > 0 ? stages : undefined,
        CreatedDate: new Timestamp(createdAt),
        LastAccessedDate: moment(accessedAt),
        KmsKeyIds: [secret.kmsKeyId ?? "DefaultEncryptionKey"],
      })),
    };
  };
}
