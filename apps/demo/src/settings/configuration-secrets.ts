import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Clock } from "@holdfast/errors/policy";

/** Secrets with this prefix configure a replicator: never replicated, and never a destination. */
export const ownPrefix = "secrets-replicator/";

/** Reads configuration that lives in secrets, and remembers it for a while. */
export interface ConfigurationSecrets {
  /** The secret's text, at most `ttlMs` old, or `undefined` if there is no such secret. A failure is not remembered. */
  read(name: string, ttlMs: number, signal: AbortSignal): Promise<string | undefined>;
}

const capacity = 1_000;

export function configurationSecrets(
  client: SecretsManagerClient,
  clock: Pick<Clock, "monotonic">,
): ConfigurationSecrets {
  const kept = new Map<string, { readonly text: string | undefined; readonly readAt: number }>();
  return {
    async read(name, ttlMs, signal) {
      const known = kept.get(name);
      if (known !== undefined && clock.monotonic() - known.readAt < ttlMs) return known.text;
      const readAt = clock.monotonic();
      const text = await readText(client, name, signal);
      kept.delete(name);
      kept.set(name, { text, readAt });
      if (kept.size > capacity) kept.delete(kept.keys().next().value!);
      return text;
    },
  };
}

/** A name in the replicator's own folder: `swap` in `transformations` is `secrets-replicator/transformations/swap`. */
export function ownName(folder: "filters" | "names" | "transformations", name: string): string {
  return name.startsWith(ownPrefix) ? name : `${ownPrefix}${folder}/${name}`;
}

async function readText(
  client: SecretsManagerClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { SecretString: text, SecretBinary: bytes } = await client.send(
      new GetSecretValueCommand({ SecretId: name }),
      {
        abortSignal,
      },
    );
    return text ?? Buffer.from(bytes ?? []).toString("utf8");
  } catch (error) {
    if ((error as Error).name === ResourceNotFoundException.name) return undefined;
    throw error;
  }
}
