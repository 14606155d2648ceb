import { ServiceError } from "../protocol/service-error.ts";
import { current, previous, type Secret, versionWithStage } from "./secret.ts";

const mostLabels = 20;

/**
 * Puts `stage` on a version and takes it from the one that had it: a label is on one version at a time.
 * When AWSCURRENT moves, the version that had it gets AWSPREVIOUS.
 */
export function moveLabel(secret: Secret, stage: string, versionId: string): void {
  const holder = versionWithStage(secret, stage);
  if (holder?.id === versionId) return;
  if (holder !== undefined) removeLabel(secret, stage, holder.id);
  addLabel(secret, stage, versionId);
  if (stage === current && holder !== undefined) moveLabel(secret, previous, holder.id);
}

export function removeLabel(secret: Secret, stage: string, versionId: string): void {
  relabel(secret, versionId, (stages) => stages.filter((one) => one !== stage));
}

function addLabel(secret: Secret, stage: string, versionId: string): void {
  relabel(secret, versionId, (stages) => [...stages, stage]);
}

function relabel(secret: Secret, versionId: string, change: (stages: readonly string[]) => readonly string[]): void {
  const version = secret.versions.get(versionId);
  if (version === undefined) return;
  const versions = new Map(secret.versions);
  versions.set(versionId, { ...version, stages: change(version.stages) });
  secret.versions = versions;
}

/** Throws LimitExceededException when `stages` would bring the labels of the secret over 20. */
export function checkLabelCount(secret: Secret, stages: readonly string[]): void {
  const all = new Set(stages);
  for (const version of secret.versions.values()) for (const stage of version.stages) all.add(stage);
  if (all.size <= mostLabels) return;
  throw new ServiceError(
    "LimitExceededException",
    `A secret can have at most ${mostLabels} staging labels over all its versions.`,
  );
}

/** Throws ValidationException unless each label is 1 to 256 characters long and there are 1 to 20. */
export function checkLabels(stages: readonly string[]): readonly string[] {
  const bad =
    stages.length === 0 || stages.length > mostLabels || stages.some((stage) => stage === "" || stage.length > 256);
  if (bad) {
    throw new ServiceError(
      "ValidationException",
      "1 validation error detected: Value at 'versionStages' failed to satisfy constraint: Member must have length between 1 and 20, each of 1 to 256 characters",
    );
  }
  return [...new Set(stages)];
}
