import { DBOS } from "@dbos-inc/dbos-sdk";
import { measure, stepsPerTransaction } from "../contenders.ts";
import type { Peer } from "./installed.ts";
import type { Postgres } from "./postgres.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Workflows of 20 steps, each recorded after it ran. */
export async function dbos({ url, close }: Postgres): Promise<Peer> {
  let onStep: <T>(work: () => Promise<T>) => Promise<T> = (work) => work();
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (let index = 0; index < stepsPerTransaction; index++) {
        await onStep(() =>
          DBOS.runStep(
            async () => {
              await turn();
              return { versionId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" };
            },
            { name: `step-${index}` },
          ),
        );
      }
    },
    { name: "bench" },
  );
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: url,
    logLevel: "error",
    runAdminServer: false,
    systemDatabasePoolSize: 20,
  });
  await DBOS.launch();
  return {
    contender: {
      name: "DBOS Transact on PostgreSQL",
      run: (_, transactions, durationMs) =>
        measure(
          transactions,
          durationMs,
          async () => 0,
          async (step) => {
            onStep = step;
            await workflow();
          },
        ),
    },
    close: async () => {
      await DBOS.shutdown();
      await close();
    },
  };
}
