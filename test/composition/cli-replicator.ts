import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { createErrorReporter } from "@holdfast/errors";
import { fileSink } from "@holdfast/errors/file-sink";
import { type AnyOperation, defineOperation, openJournal } from "@holdfast/rollback";
import { sqliteStore } from "@holdfast/rollback/sqlite";

// The program that cli-after-a-crash.test.ts runs and kills; `holdfast recovery execute` takes its handlers from here.

const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint === undefined)
  throw new Error("AWS_ENDPOINT_URL is not set: this program is for the local endpoint alone");
const client = new SecretsManagerClient({ endpoint, maxAttempts: 1 });

interface Named {
  readonly name: string;
}

const createSecret = defineOperation<Named, void, { readonly value: string }>({
  name: "create-secret",
  version: 1,
  class: "undoable",
  deadlineMs: 2_000,
  consistencyMs: 0,
  apply: async ({ name }, { idempotencyKey, unrecorded, signal }) => {
    const command = new CreateSecretCommand({
      Name: name,
      SecretString: unrecorded.value,
      ClientRequestToken: idempotencyKey,
    });
    await client.send(command, { abortSignal: signal });
  },
  probe: async ({ name }, { signal }) => {
    const known = await client
      .send(new DescribeSecretCommand({ SecretId: name }), { abortSignal: signal })
      .catch(String);
    return typeof known === "string" ? { state: "absent" } : { state: "applied", output: undefined };
  },
  compensate: async ({ name }, { signal }) => {
    const command = new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true });
    await client.send(command, { abortSignal: signal });
  },
});

export const operations: readonly AnyOperation[] = [createSecret];

if (process.argv[2] === "replicate") {
  const reporter = createErrorReporter({ sinks: [fileSink({ path: ".holdfast/errors.jsonl" })] });
  const journal = await openJournal({ store: sqliteStore({ path: "replication.journal" }), operations });
  const tx = await journal.begin("replicate app/*");
  for (const name of ["app/one", "app/two"]) {
    await tx.run(createSecret, { name }, { unrecorded: { value: "c4n4ry-value" } });
  }
  await tx.checkpoint("copied", {});
  await client.send(new GetSecretValueCommand({ SecretId: "app/three" })).catch((error: unknown) => {
    reporter.record(error, { service: "SecretsManager", operation: "GetSecretValue" });
  });
  await reporter.flush();
  process.kill(process.pid, "SIGKILL");
}
