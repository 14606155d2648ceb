import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Contender } from "../measure.ts";
import { postgresFolder } from "./postgres.ts";

interface Peer {
  readonly name: string;
  /** Why it cannot be measured here; `undefined` if it can. */
  readonly missing: () => string | undefined;
  readonly start: () => Promise<Contender>;
}

const install = "not installed: `npm ci --ignore-scripts --prefix bench/rollback/peers` installs it";

/** Those that bring a server, by the word that asks for them. */
export const peers = {
  dbos: {
    name: "DBOS Transact on PostgreSQL",
    missing: () => {
      if (!isInstalled("@dbos-inc/dbos-sdk")) return install;
      if (postgresFolder() === undefined) return "there is no PostgreSQL server; Debian's package `postgresql` has one";
      return undefined;
    },
    start: async () => (await import("./dbos.ts")).dbos(),
  },
  restate: {
    name: "Restate",
    missing: () =>
      isInstalled("@restatedev/restate-sdk") && isInstalled("@restatedev/restate-server") ? undefined : install,
    start: async () => (await import("./restate.ts")).restate(),
  },
} satisfies Readonly<Record<string, Peer>>;

function isInstalled(name: string): boolean {
  return existsSync(join(import.meta.dirname, "node_modules", name));
}
