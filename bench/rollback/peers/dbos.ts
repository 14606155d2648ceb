import { DBOS } from "@dbos-inc/dbos-sdk";
import { type Contender, effect, measure, type Step, stepsPerTransaction } from "../measure.ts";
import { postgresFolder, startPostgres } from "./postgres.ts";

/** Workflows of 20 steps, each recorded after it ran. */
export async function dbos(): Promise<Contender> {
  const postgres = await startPostgres(postgresFolder()!);
  let onStep: Step = (work) => work();
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (let index = 0; index < stepsPerTransaction; index++) {
        await onStep(() => DBOS.runStep(effect, { name: `step-${index}` }));
      }
    },
    { name: "bench" },
  );
  const pool = 20;
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: postgres.url,
    logLevel: "error",
    runAdminServer: false,
    systemDatabasePoolSize: pool,
  });
  await DBOS.launch();
  return {
    name: "DBOS Transact on PostgreSQL",
    settings: `${postgres.version}, fsync=on, synchronous_commit=on (its defaults), loopback TCP; pool of ${pool} connections; each step's output durable after its effect`,
    run: (transactions, durationMs) =>
      measure(transactions, durationMs, async (step) => {
        onStep = step;
        await workflow();
      }),
    close: async () => {
      await DBOS.shutdown();
      await postgres.close();
    },
  };
}
