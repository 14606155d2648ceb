import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  type Tag,
} from "@aws-sdk/client-secrets-manager";

/** The key a secret has when nobody chose one: naming it is how a secret goes back to it. */
export const awsOwnKey = "alias/aws/secretsmanager";

/** All of a secret but its value: what a rollback must bring back. Dates and versions without a label are aside. */
export interface SecretState {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  /** `undefined`: AWS's own key for Secrets Manager. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Which version holds each label, e.g. `{ AWSCURRENT: "…", AWSPREVIOUS: "…" }`. */
  readonly versionByLabel: Readonly<Record<string, string>>;
  /** Set while the secret waits to be deleted: nothing can be written to it. */
  readonly deletedDate: Date | undefined;
  /** The region Secrets Manager itself replicates it from, where this is a replica: it cannot be written here. */
  readonly replicaOf: string | undefined;
}

/** The secret as it is now, or `undefined` if there is none. */
export async function readSecretState(
  client: SecretsManagerClient,
  secretId: string,
  abortSignal?: AbortSignal,
): Promise<SecretState | undefined> {
  try {
    const found = await client.send(
      new DescribeSecretCommand({ SecretId: secretId }),
      abortSignal ? { abortSignal } : {},
    );
    return {
      arn: found.ARN ?? "",
      name: found.Name ?? secretId,
      description: found.Description ?? "",
      kmsKeyId: found.KmsKeyId?.endsWith(awsOwnKey) ? undefined : found.KmsKeyId,
      tags: tagsToRecord(found.Tags),
      versionByLabel: versionByLabel(found.VersionIdsToStages ?? {}),
      deletedDate: found.DeletedDate,
      replicaOf:
        found.PrimaryRegion !== undefined && found.ARN?.split(":")[3] !== found.PrimaryRegion
          ? found.PrimaryRegion
          : undefined,
    };
  } catch (error) {
    if ((error as Error).name === ResourceNotFoundException.name) return undefined;
    throw error;
  }
}

/** Tags as a record; AWS's own, which nobody can write, left out. */
function tagsToRecord(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(
    tags
      .filter(({ Key = "" }) => !Key.startsWith("aws:"))
      .map(({ Key = "", Value = "" }): [string, string] => [Key, Value])
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function versionByLabel(labelsByVersion: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labelsByVersion)
      .flatMap(([version, labels]) => labels.map((label): [string, string] => [label, version]))
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
