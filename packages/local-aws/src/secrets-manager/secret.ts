import type { PolicyDocument } from "../iam/policy-document.ts";

/** The value of a version: text or bytes. */
export type SecretValue = { readonly text: string } | { readonly bytes: Uint8Array };

/** A version is never changed, only replaced by one with other labels. */
export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly value: SecretValue;
  readonly createdAt: number;
  /** The day of the last access. */
  readonly accessedAt?: number | undefined;
}

export interface Replica {
  readonly region: string;
  readonly kmsKeyId: string | undefined;
  status: "InProgress" | "InSync" | "Failed";
  statusMessage: string;
}

export interface Secret {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  accessedAt: number | undefined;
  description: string | undefined;
  kmsKeyId: string | undefined;
  tags: ReadonlyMap<string, string>;
  /** By id, oldest first. Those without labels are deprecated. */
  versions: ReadonlyMap<string, SecretVersion>;
  policy: PolicyDocument | undefined;
  /** When deletion was asked for; the secret is gone at `purgeAt`. */
  deletedAt: number | undefined;
  purgeAt: number | undefined;
  /** Set on a replica. */
  primaryRegion: string | undefined;
  /** By region; only on a primary. */
  readonly replicas: Map<string, Replica>;
}

export const current = "AWSCURRENT";
export const previous = "AWSPREVIOUS";

export function versionWithStage(secret: Secret, stage: string): SecretVersion | undefined {
  for (const version of secret.versions.values()) if (version.stages.includes(stage)) return version;
  return undefined;
}

/** Version id → labels, of the versions that have any. */
export function stagesByVersion(secret: Secret): Record<string, readonly string[]> | undefined {
  const labelled = [...secret.versions.values()].filter(({ stages }) => stages.length > 0);
  return labelled.length === 0 ? undefined : Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}

/** Text and bytes have the same value only when both kind and content agree. */
export function sameValue(one: SecretValue, other: SecretValue): boolean {
  if ("text" in one) return "text" in other && one.text === other.text;
  return "bytes" in other && Buffer.compare(one.bytes, other.bytes) === 0;
}
