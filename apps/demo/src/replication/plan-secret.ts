import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { HoldfastError } from "@holdfast/errors";
import type { Transform } from "../transforms/transform.ts";
import type { Variables } from "../transforms/variables.ts";
import { accountOf } from "./account-of.ts";
import type { Destination, SecretValue } from "./destination-operations.ts";
import { readSecretState, type SecretState } from "./secret-state.ts";

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

export interface TransformFigures {
  readonly mode: Transform["mode"];
  readonly rules: number;
  readonly durationMs: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

export interface PlanOptions {
  readonly source: SecretsManagerClient;
  readonly destination: SecretsManagerClient;
  readonly from: string;
  readonly at: Destination;
  readonly sourceName: string;
  readonly destinationName: string;
  /** Changes text on its way; a binary value goes as it is. */
  readonly transform: Transform | undefined;
  /** What the destination adds to the variables there are: they win over those. */
  readonly variables: Variables;
  /** Largest value that is replicated, before its transform and after, in bytes. */
  readonly maxBytes: number;
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
  assertSize(sourceName, original, options.maxBytes, "");
  assertWritable(destinationName, found);
  const current =
    found?.versionByLabel.AWSCURRENT === undefined ? undefined : await readValue(destination, destinationName, signal);
  const { value, transformed } = transformValue(original, options, sourceState.arn);
  if (transformed !== undefined) assertTransformed(sourceName, value, options.maxBytes);
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

function assertTransformed(name: string, value: SecretValue, maxBytes: number): void {
  if (byteLength(value) === 0) {
    throw new HoldfastError(`Secret ${name} is empty once transformed; Secrets Manager keeps no empty value`, {
      code: "REPLICATE_EMPTY",
      kind: "validation",
      remediation: [{ text: "Correct the transform, or leave the secret out (--filter)" }],
    });
  }
  assertSize(name, value, maxBytes, " once transformed");
}

function assertSize(name: string, value: SecretValue, maxBytes: number, when: string): void {
  const bytes = byteLength(value);
  if (bytes <= maxBytes) return;
  throw new HoldfastError(`Secret ${name} is ${bytes} bytes${when}; ${maxBytes} are the most that is replicated`, {
    code: "REPLICATE_TOO_LARGE",
    kind: "validation",
    remediation: [{ text: "Make its value smaller; Secrets Manager itself takes 65,536 bytes" }],
  });
}

function transformValue(
  original: SecretValue,
  { transform, variables, from, at, sourceName, destinationName }: PlanOptions,
  sourceArn: string,
): Pick<SecretPlan, "value" | "transformed"> {
  if (transform === undefined || !("text" in original)) return { value: original, transformed: undefined };
  const sourceAccount = accountOf(sourceArn);
  const started = performance.now();
  const text = transform.apply(original.text, {
    REGION: at.region,
    SOURCE_REGION: from,
    SECRET_NAME: sourceName,
    DEST_SECRET_NAME: destinationName,
    ACCOUNT_ID: at.roleArn === undefined ? sourceAccount : accountOf(at.roleArn),
    SOURCE_ACCOUNT_ID: sourceAccount,
    ...variables,
  });
  return {
    value: { text },
    transformed: {
      mode: transform.mode,
      rules: transform.rules,
      durationMs: performance.now() - started,
      inputBytes: byteLength(original),
      outputBytes: byteLength({ text }),
    },
  };
}

function byteLength(value: SecretValue): number {
  return "text" in value ? Buffer.byteLength(value.text) : value.bytes.byteLength;
}

function sameValue(one: SecretValue | undefined, other: SecretValue): boolean {
  if (one === undefined) return false;
  if ("text" in one) return "text" in other && one.text === other.text;
  return "bytes" in other && Buffer.compare(one.bytes, other.bytes) === 0;
}
