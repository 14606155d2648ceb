import { type SecretsManagerClient, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { readSecretState } from "./secret-state.ts";

/**
 * Gives each label back to the version that held it, and takes every label from `added`. AWS moves AWSPREVIOUS by
 * itself when AWSCURRENT moves, so AWSCURRENT goes first and the labels are read again after it. Safe to repeat.
 */
export async function restoreLabels(
  client: SecretsManagerClient,
  name: string,
  before: Readonly<Record<string, string>>,
  added: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const labelsNow = async () => (await readSecretState(client, name, abortSignal))?.versionByLabel;
  const move = async (label: string, from: string | undefined, to: string | undefined) => {
    if (from === to) return;
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: name,
        VersionStage: label,
        RemoveFromVersionId: from,
        MoveToVersionId: to,
      }),
      { abortSignal },
    );
  };
  const first = await labelsNow();
  if (first === undefined || !holdsVersion(first, added)) return;
  // A later writer's current version is not ours to take away; only what our version still holds goes back.
  if (first.AWSCURRENT === added) await move("AWSCURRENT", added, before.AWSCURRENT);
  const now = (await labelsNow()) ?? {};
  for (const label of new Set([...Object.keys(now), ...Object.keys(before)])) {
    if (label === "AWSCURRENT") continue;
    const ours = now[label] === added || (now[label] === undefined && before[label] !== undefined);
    if (ours) await move(label, now[label], before[label]);
  }
}

/** Whether a version holds any label. */
export function holdsVersion(versionByLabel: Readonly<Record<string, string>> | undefined, version: string): boolean {
  return Object.values(versionByLabel ?? {}).includes(version);
}
