import { partitionOf } from "../partition.ts";
import { jsonErrors } from "../server/front-door-errors.ts";
import type { Operation, Service } from "../server/service.ts";
import { batchGetSecretValue } from "./batch-get-secret-value.ts";
import { createSecret } from "./create-secret.ts";
import { deleteSecret, restoreSecret } from "./delete-secret.ts";
import { describeSecret } from "./describe-secret.ts";
import { getRandomPassword } from "./get-random-password.ts";
import { getSecretValue } from "./get-secret-value.ts";
import { listSecretVersionIds } from "./list-secret-version-ids.ts";
import { listSecrets } from "./list-secrets.ts";
import { putSecretValue } from "./put-secret-value.ts";
import { removeRegionsFromReplication, replicateSecretToRegions, stopReplicationToReplica } from "./replication.ts";
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from "./resource-policies.ts";
import { cancelRotateSecret, rotateSecret } from "./rotate-secret.ts";
import type { SecretStore } from "./secret-store.ts";
import { tagResource, untagResource } from "./tags.ts";
import { updateSecret } from "./update-secret.ts";
import { updateSecretVersionStage } from "./update-secret-version-stage.ts";

/** AWS Secrets Manager. */
export function secretsManager(store: SecretStore): Service {
  return {
    signingName: "secretsmanager",
    actionPrefix: "secretsmanager",
    targetPrefix: "secretsmanager",
    errorNamespace: "",
    xmlNamespace: "",
    errors: jsonErrors,
    resource: ({ SecretId, Name }, { account, region }) => {
      const named = typeof SecretId === "string" ? SecretId : typeof Name === "string" ? Name : "*";
      if (named === "*" || named.startsWith("arn:")) return named;
      const known = store.region(account, region).secretByName.get(named)?.arn;
      return known ?? `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:${named}`;
    },
    operations: new Map<string, Operation>([
      ["CreateSecret", createSecret(store)],
      ["GetSecretValue", getSecretValue(store)],
      ["BatchGetSecretValue", batchGetSecretValue(store)],
      ["PutSecretValue", putSecretValue(store)],
      ["UpdateSecret", updateSecret(store)],
      ["DescribeSecret", describeSecret(store)],
      ["ListSecrets", listSecrets(store)],
      ["ListSecretVersionIds", listSecretVersionIds(store)],
      ["UpdateSecretVersionStage", updateSecretVersionStage(store)],
      ["DeleteSecret", deleteSecret(store)],
      ["RestoreSecret", restoreSecret(store)],
      ["GetRandomPassword", getRandomPassword(store)],
      ["PutResourcePolicy", putResourcePolicy(store)],
      ["GetResourcePolicy", getResourcePolicy(store)],
      ["DeleteResourcePolicy", deleteResourcePolicy(store)],
      ["ValidateResourcePolicy", validateResourcePolicy],
      ["RotateSecret", rotateSecret(store)],
      ["CancelRotateSecret", cancelRotateSecret(store)],
      ["TagResource", tagResource(store)],
      ["UntagResource", untagResource(store)],
      ["ReplicateSecretToRegions", replicateSecretToRegions(store)],
      ["RemoveRegionsFromReplication", removeRegionsFromReplication(store)],
      ["StopReplicationToReplica", stopReplicationToReplica(store)],
    ]),
  };
}
