import { createHash } from "node:crypto";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readSecretState } from "./secret-state.ts";

/** Secrets of a region as text to compare, by name; `absent` for one that does not exist. Values are digests. */
export type RegionState = ReadonlyMap<string, string>;

/**
 * Reads the named secrets: values by label, which version holds each label, description, tags and KMS key. Dates
 * and versions that hold no label are left out: no undo can bring those back, and nothing reads them.
 */
export async function readRegionState(client: SecretsManagerClient, names: readonly string[]): Promise<RegionState> {
  return new Map(
    await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await describe(client, name)])),
  );
}

/** Names of the secrets that differ between two readings, those present in one alone among them. */
export function differingSecrets(before: RegionState, after: RegionState): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .toSorted();
}

async function describe(client: SecretsManagerClient, name: string): Promise<string> {
  const state = await readSecretState(client, name);
  if (state === undefined) return "absent";
  const digests = await Promise.all(
    Object.entries(state.versionByLabel).map(async ([label, version]) => {
      const { SecretString: text, SecretBinary: bytes } = await client.send(
        new GetSecretValueCommand({ SecretId: name, VersionId: version, VersionStage: label }),
      );
      return [
        label,
        version,
        createHash("sha256")
          .update(bytes ?? text ?? "")
          .digest("hex"),
      ];
    }),
  );
  return JSON.stringify({ description: state.description, kmsKeyId: state.kmsKeyId, tags: state.tags, digests });
}
