import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ReplicationInstruments } from "./open-reporting.ts";

interface WithAttempts {
  readonly $metadata?: { readonly attempts?: number | undefined } | undefined;
}

/** Makes a client record each call that needed more than one attempt: how many, and whether it succeeded in the end. */
export function attemptsRecorder(
  instruments: ReplicationInstruments,
): (client: SecretsManagerClient) => SecretsManagerClient {
  const recorded = new WeakSet<SecretsManagerClient>();
  return (client) => {
    if (recorded.has(client)) return client;
    recorded.add(client);
    client.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const record = ({ $metadata }: WithAttempts, success: boolean) => {
            const attempts = $metadata?.attempts ?? 1;
            if (attempts <= 1) return;
            const dimensions = { operation: commandName.replace(/Command$/, ""), success };
            instruments.replicationRetry.add(1, dimensions);
            instruments.replicationAttempts.record(attempts, dimensions);
          };
          try {
            const result = await next(args);
            record(result.output as WithAttempts, true);
            return result;
          } catch (error) {
            record(error as WithAttempts, false);
            throw error;
          }
        },
      { step: "initialize", name: "recordAttempts" },
    );
    return client;
  };
}
