import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Postgres {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts a PostgreSQL server with a fresh cluster on a loopback port, with its default, durable settings. */
export async function startPostgres(): Promise<Postgres | { readonly skipped: string }> {
  const bin = globSync("/usr/lib/postgresql/*/bin").sort().at(-1);
  if (bin === undefined || !existsSync(join(bin, "initdb")))
    return { skipped: "there is no PostgreSQL server; Debian's package `postgresql` has one" };
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  // The server refuses to run as root.
  const asUser = (command: string, args: readonly string[]): [string, string[]] =>
    process.getuid?.() === 0 ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, [...args]];
  execFileSync(...asUser(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres"]), {
    stdio: "ignore",
    cwd: folder,
  });
  const port = await freePort();
  const server = spawn(
    ...asUser(join(bin, "postgres"), ["-D", data, "-p", String(port), "-k", folder, "-c", "max_connections=200"]),
    { stdio: "ignore", cwd: folder },
  );
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      execFileSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
      break;
    } catch {
      await sleep(100);
    }
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    close: async () => {
      execFileSync(...asUser(join(bin, "pg_ctl"), ["-D", data, "-m", "fast", "stop"]), {
        stdio: "ignore",
        cwd: folder,
      });
      server.unref();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 5_432));
    });
  });
}
