import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { defineOperation, type Operation } from "@holdfast/rollback";
import { holdsVersion, restoreLabels } from "./restore-labels.ts";
import { awsOwnKey, readSecretState } from "./secret-state.ts";

/** Where a change is made. Journaled with each step, so that another process finds the way back. */
export interface Destination {
  readonly region: string;
  readonly roleArn: string | undefined;
  readonly externalId: string | undefined;
}

interface SecretAt {
  readonly at: Destination;
  readonly name: string;
}

/** A secret's value: given to a step in memory, never written to the journal. */
export type SecretValue = { readonly text: string } | { readonly bytes: Uint8Array };

interface CreateInput extends SecretAt {
  readonly description: string;
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

interface PutInput extends SecretAt {
  /** Which version held each label before: what an undo puts back. */
  readonly before: Readonly<Record<string, string>>;
}

interface Settings {
  readonly description: string;
  readonly kmsKeyId: string | undefined;
}

interface UpdateInput extends SecretAt {
  readonly before: Settings;
  readonly after: Settings;
}

interface TagInput extends SecretAt {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/**
 * The four changes the replicator makes, each with its way back.
 *
 * No undo needs the secret's value: a created secret is deleted, a new version loses its labels to the versions
 * that held them, settings and tags are put back.
 */
export function destinationOperations({
  clientAt,
  deadlineMs = 60_000,
}: DestinationOperationsOptions): DestinationOperations {
  const shared = {
    version: 1,
    class: "undoable",
    deadlineMs,
    consistencyMs: 0, // DescribeSecret reads what was written
    scope: ({ at }: SecretAt) => `${at.roleArn ?? "own account"}/${at.region}`,
  } as const;

  const createSecret = defineOperation<CreateInput, null, { value: SecretValue }>({
    ...shared,
    name: "create-secret",
    permissions: ({ name }) => needs(name, "DescribeSecret", "DeleteSecret"),
    async apply({ at, name, description, kmsKeyId, tags }, { signal, idempotencyKey, unrecorded }) {
      await clientAt(at).send(
        new CreateSecretCommand({
          Name: name,
          ClientRequestToken: idempotencyKey,
          ...valueFields(unrecorded.value),
          ...(description === "" ? {} : { Description: description }),
          ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
          Tags: tagList(tags),
        }),
        { abortSignal: signal },
      );
      return null;
    },
    async probe({ at, name }, { idempotencyKey, signal }) {
      const state = await readSecretState(clientAt(at), name, signal);
      return holdsVersion(state?.versionByLabel, idempotencyKey)
        ? { state: "applied", output: null }
        : { state: "absent" };
    },
    async compensate({ at, name }, { idempotencyKey, signal }) {
      const client = clientAt(at);
      const state = await readSecretState(client, name, signal);
      // Only the secret this step made: one of the same name that came since is somebody else's.
      if (!holdsVersion(state?.versionByLabel, idempotencyKey)) return;
      await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }), {
        abortSignal: signal,
      });
    },
  });

  const putValue = defineOperation<PutInput, null, { value: SecretValue }>({
    ...shared,
    name: "put-secret-value",
    permissions: ({ name }) => needs(name, "DescribeSecret", "UpdateSecretVersionStage"),
    async apply({ at, name }, { signal, idempotencyKey, unrecorded }) {
      await clientAt(at).send(
        new PutSecretValueCommand({
          SecretId: name,
          ClientRequestToken: idempotencyKey,
          ...valueFields(unrecorded.value),
        }),
        { abortSignal: signal },
      );
      return null;
    },
    async probe({ at, name }, { idempotencyKey, signal }) {
      const state = await readSecretState(clientAt(at), name, signal);
      return holdsVersion(state?.versionByLabel, idempotencyKey)
        ? { state: "applied", output: null }
        : { state: "absent" };
    },
    async compensate({ at, name, before }, { idempotencyKey, signal }) {
      await restoreLabels(clientAt(at), name, before, idempotencyKey, signal);
    },
  });

  const updateSettings = defineOperation<UpdateInput, null>({
    ...shared,
    name: "update-secret",
    permissions: ({ name }) => needs(name, "UpdateSecret"),
    async apply({ at, name, after }, { signal }) {
      await writeSettings(clientAt(at), name, after, signal);
      return null;
    },
    compensatesUnknown: true, // putting back settings that were never changed does no harm
    async compensate({ at, name, before }, { signal }) {
      await ignoreMissing(writeSettings(clientAt(at), name, before, signal));
    },
  });

  const writeTags = defineOperation<TagInput, null>({
    ...shared,
    name: "tag-secret",
    permissions: ({ name }) => needs(name, "TagResource", "UntagResource"),
    async apply({ at, name, before, after }, { signal }) {
      await changeTags(clientAt(at), name, before, after, signal);
      return null;
    },
    compensatesUnknown: true,
    async compensate({ at, name, before, after }, { signal }) {
      await ignoreMissing(changeTags(clientAt(at), name, after, before, signal));
    },
  });

  return { createSecret, putValue, updateSettings, writeTags };
}

export interface DestinationOperationsOptions {
  readonly clientAt: (destination: Destination) => SecretsManagerClient;
  /**
   * How long one change may take, retries and waits included, in milliseconds; also how long a recovery waits before
   * it looks for a change that was cut off. Default 60,000.
   */
  readonly deadlineMs?: number | undefined;
}

// A type, not an interface: the journal takes operations as a record, which an interface is not.
export type DestinationOperations = {
  readonly createSecret: Operation<CreateInput, null, { value: SecretValue }>;
  readonly putValue: Operation<PutInput, null, { value: SecretValue }>;
  readonly updateSettings: Operation<UpdateInput, null>;
  readonly writeTags: Operation<TagInput, null>;
};

function needs(name: string, ...actions: readonly string[]) {
  return actions.map((action) => ({
    action: `secretsmanager:${action}`,
    resource: `arn:*:secretsmanager:*:*:secret:${name}-*`,
  }));
}

function valueFields(value: SecretValue): { SecretString: string } | { SecretBinary: Uint8Array } {
  return "text" in value ? { SecretString: value.text } : { SecretBinary: value.bytes };
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

async function writeSettings(
  client: SecretsManagerClient,
  name: string,
  settings: Settings,
  abortSignal: AbortSignal,
): Promise<void> {
  await client.send(
    new UpdateSecretCommand({
      SecretId: name,
      Description: settings.description,
      KmsKeyId: settings.kmsKeyId ?? awsOwnKey,
    }),
    { abortSignal },
  );
}

async function changeTags(
  client: SecretsManagerClient,
  name: string,
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
  abortSignal: AbortSignal,
): Promise<void> {
  const removed = Object.keys(from).filter((key) => !(key in to));
  const written = Object.fromEntries(Object.entries(to).filter(([key, value]) => from[key] !== value));
  if (removed.length > 0)
    await client.send(new UntagResourceCommand({ SecretId: name, TagKeys: removed }), { abortSignal });
  if (Object.keys(written).length > 0) {
    await client.send(new TagResourceCommand({ SecretId: name, Tags: tagList(written) }), { abortSignal });
  }
}

/** A secret that is gone has nothing left to put back. */
async function ignoreMissing(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if ((error as Error).name !== ResourceNotFoundException.name) throw error;
  }
}
