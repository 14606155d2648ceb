import { stagesByVersion } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

/** A secret as it truly is, for assertions: no lag, no quota, values included. */
export interface SecretSnapshot {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it is marked for deletion. */
  readonly deleted: boolean;
  /** Version id → labels, of the versions that have any. */
  readonly stagesByVersion: Readonly<Record<string, readonly string[]>>;
  /** Label → value. Bytes as base64 after `base64:`. */
  readonly valueByStage: Readonly<Record<string, string>>;
}

/** Every secret of an account in a region, by name. */
export function secretSnapshots(store: SecretStore, account: string, region: string, now: number): SecretSnapshot[] {
  store.settle(now);
  return [...store.region(account, region).secretByName.values()]
    .map((secret) => ({
      name: secret.name,
      arn: secret.arn,
      description: secret.description,
      kmsKeyId: secret.kmsKeyId,
      tags: Object.fromEntries(secret.tags),
      deleted: secret.deletedAt !== undefined,
      stagesByVersion: stagesByVersion(secret) ?? {},
      valueByStage: Object.fromEntries(
        [...secret.versions.values()].flatMap(({ stages, value }) => {
          const shown = "text" in value ? value.text : `base64:${Buffer.from(value.bytes).toString("base64")}`;
          return stages.map((stage) => [stage, shown]);
        }),
      ),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
