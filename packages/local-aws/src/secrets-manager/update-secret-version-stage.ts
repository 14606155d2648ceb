import { text } from "../protocol/members.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { checkLabelCount, checkLabels, moveLabel, removeLabel } from "./labels.ts";
import { current, type Secret, versionWithStage } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

/** Moves, adds or removes one label. A label that another version holds moves only when that version is named. */
export function updateSecretVersionStage(store: SecretStore): Operation {
  return (input, call) => {
    const [stage] = checkLabels([text(input, "VersionStage") ?? ""]) as [string];
    const from = text(input, "RemoveFromVersionId");
    const to = text(input, "MoveToVersionId");
    const secret = store.findWritable(input, call);
    if (from === undefined && to === undefined)
      throw invalid("You must provide RemoveFromVersionId, MoveToVersionId, or both.");
    if (to !== undefined && !secret.versions.has(to)) throw unknownVersion(to);
    if (from !== undefined && !secret.versions.has(from)) throw unknownVersion(from);
    checkHolder(secret, stage, from, to);
    if (to === undefined) {
      if (stage === current)
        throw invalid("You can't remove the AWSCURRENT staging label without moving it to another version.");
      removeLabel(secret, stage, from!);
    } else {
      checkLabelCount(secret, [stage]);
      moveLabel(secret, stage, to);
    }
    store.changed(secret, call.now);
    return { ARN: secret.arn, Name: secret.name };
  };
}

function checkHolder(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void {
  const holder = versionWithStage(secret, stage);
  if (holder === undefined ? from === undefined : holder.id === from || holder.id === to) return;
  if (holder === undefined) throw invalid(`Version stage ${stage} not found in version ${from}`);
  throw invalid(
    from === undefined
      ? `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`
      : `The parameter RemoveFromVersionId does not match the version that staging label ${stage} is attached to, ${holder.id}.`,
  );
}

function unknownVersion(versionId: string): ServiceError {
  return invalid(`Not a valid version: ${versionId}`);
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}
