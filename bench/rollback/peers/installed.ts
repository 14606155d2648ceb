import type { Contender } from "../contenders.ts";
import { startPostgres } from "./postgres.ts";

export type Peer =
  | { readonly contender: Contender; readonly close: () => Promise<void> }
  | { readonly skipped: string };

/** DBOS Transact on a PostgreSQL server of its own, if both are there. */
export async function dbosIfInstalled(): Promise<Peer> {
  try {
    import.meta.resolve("@dbos-inc/dbos-sdk");
  } catch {
    return { skipped: "not installed; `npm i --prefix bench/rollback/peers` installs it" };
  }
  const server = await startPostgres();
  if ("skipped" in server) return server;
  const { dbos } = await import("./dbos.ts");
  return dbos(server);
}
