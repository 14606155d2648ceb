import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { HoldfastError } from "@holdfast/errors";
import type { SecretValue } from "./destination-operations.ts";
import { readSecretState, type SecretState } from "./secret-state.ts";
import { byteLength, type TransformFigures, type TransformValueOptions, transformValue } from "./transform-value.ts";

/** What has to change at the destination for one secret to be as it should. All `false`: it is already. */
export interface SecretPlan {
  readonly name: string;
  /** The destination as it was found; `undefined` where the secret does not exist there. */
  readonly found: SecretState | undefined;
  readonly wanted: {
    readonly description: string;
    readonly kmsKeyId: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly value: SecretValue;
  readonly put: boolean;
  readonly update: boolean;
  readonly tag: boolean;
  /** Size of the value as it will be at the destination, in bytes. */
  readonly bytes: number;
  /** Set where a transform ran: how long it took and what it made of the size. */
  readonly transformed: TransformFigures | undefined;
}

export interface PlanOptions extends TransformValueOptions {
  readonly source: SecretsManagerClient;
  readonly destination: SecretsManagerClient;
  /** The destination's key; by default a secret that exists keeps its own and a new one gets AWS's own. */
  readonly kmsKeyId: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Reads both sides and says what has to change. Writes nothing.
 *
 * @throws the SDK's errors; TransformError; HoldfastError where the destination cannot be written at all.
 */
export async function planSecret(options: PlanOptions): Promise<SecretPlan> {
  const { source, destination, sourceName, destinationName, kmsKeyId, signal } = options;
  const [original, sourceState, found] = await Promise.all([
    readValue(source, sourceName, signal),
    readSecretState(source, sourceName, signal),
    readSecretState(destination, destinationName, signal),
  ]);
  if (original === undefined || sourceState === undefined)
    throw new HoldfastError(`Secret ${sourceName} has no current value to replicate`, {
      code: "REPLICATE_NO_VALUE",
      kind: "not-found",
      context: { secret: sourceName },
    });
  assertWritable(destinationName, found);
  const current =
    found?.versionByLabel.AWSCURRENT === undefined ? undefined : await readValue(destination, destinationName, signal);
  const { value, transformed } = transformValue(original, options, sourceState.arn);
  const wanted = {
    description: sourceState.description,
    kmsKeyId: kmsKeyId ?? found?.kmsKeyId,
    tags: sourceState.tags,
  };
  const exists = found !== undefined;
  return {
    name: destinationName,
    found,
    wanted,
    value,
    transformed,
    bytes: byteLength(value),
    put: exists && !sameValue(current, value),
    update: exists && (found.description !== wanted.description || found.kmsKeyId !== wanted.kmsKeyId),
    tag: exists && JSON.stringify(found.tags) !== JSON.stringify(wanted.tags), // both sorted by key
  };
}

async function readValue(
  client: SecretsManagerClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<SecretValue | undefined> {
  try {
    const { SecretString: text, SecretBinary: bytes } = await client.send(
      new GetSecretValueCommand({ SecretId: name }),
      { abortSignal },
    );
    if (text !== undefined) return { text };
    return bytes === undefined ? undefined : { bytes };
  } catch (error) {
    if ((error as Error).name === ResourceNotFoundException.name) return undefined;
    throw error;
  }
}

function assertWritable(name: string, found: SecretState | undefined): void {
  if (found?.deletedDate !== undefined) {
    throw new HoldfastError(`Secret ${name} is scheduled for deletion at the destination`, {
      code: "REPLICATE_DELETED",
      kind: "conflict",
      remediation: [
        { text: "Restore it (RestoreSecret)", command: `aws secretsmanager restore-secret --secret-id ${name}` },
        { text: "Or leave it out (--filter)" },
      ],
    });
  }
  if (found?.replicaOf !== undefined) {
    throw new HoldfastError(
      `Secret ${name} is a replica that Secrets Manager keeps from ${found.replicaOf}; it cannot be written here`,
      {
        code: "REPLICATE_REPLICA",
        kind: "conflict",
        remediation: [{ text: "Leave it out (--filter), or give it another name at the destination" }],
      },
    );
  }
}

function sameValue(one: SecretValue | undefined, other: SecretValue): boolean {
  if (one === undefined) return false;
  if ("text" in one) return "text" in other && one.text === other.text;
  return "bytes" in other && Buffer.compare(one.bytes, other.bytes) === 0;
}
