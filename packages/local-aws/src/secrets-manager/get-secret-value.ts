import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import { current, type Secret, type SecretVersion, versionWithStage } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

const dayMs = 86_400_000;

export function getSecretValue(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findUsable(input, call);
    const version = chooseVersion(secret, text(input, "VersionId"), text(input, "VersionStage"));
    noteAccess(secret, version, call.now);
    return valueOutput(secret, version);
  };
}

/** Remembers the day of the access, which is all that AWS tells of it. */
export function noteAccess(secret: Secret, version: SecretVersion, now: number): void {
  const today = now - (now % dayMs);
  secret.accessedAt = today;
  if (version.accessedAt === today) return;
  secret.versions = new Map(secret.versions).set(version.id, { ...version, accessedAt: today });
}

export function valueOutput(secret: Secret, version: SecretVersion): Fields {
  const { value } = version;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: "text" in value ? value.text : undefined,
    SecretBinary: "bytes" in value ? value.bytes : undefined,
    VersionStages: version.stages.length > 0 ? version.stages : undefined,
    CreatedDate: new Timestamp(version.createdAt),
  };
}

/** The version asked for by id, by label, by both when they agree, or the current one. */
export function chooseVersion(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
  if (id === undefined) {
    const version = versionWithStage(secret, stage ?? current);
    if (version !== undefined) return version;
    throw valueNotFound(`for staging label: ${stage ?? current}`);
  }
  const version = secret.versions.get(id);
  if (version === undefined) throw valueNotFound(`for VersionId: ${id}`);
  if (stage === undefined || version.stages.includes(stage)) return version;
  throw new ServiceError(
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.",
  );
}

function valueNotFound(which: string): ServiceError {
  return new ServiceError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value ${which}`,
  );
}
