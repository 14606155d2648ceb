import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface Postgres {
  readonly url: string;
  readonly version: string;
  readonly close: () => Promise<void>;
}

/** Where Debian's packages put the newest server. */
export function postgresFolder(): string | undefined {
  const bin = globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1);
  return bin !== undefined && existsSync(join(bin, "initdb")) ? bin : undefined;
}

/** Starts a PostgreSQL server with a fresh cluster on a loopback port, with its default, durable settings. */
export async function startPostgres(bin: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  execFileSync(...asUser(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres"]), {
    stdio: "ignore",
    cwd: folder,
  });
  const port = await freePort();
  const options = ["-D", data, "-p", String(port), "-k", folder, "-c", "max_connections=200"];
  const server = spawn(...asUser(join(bin, "postgres"), options), { stdio: "ignore", cwd: folder });
  await untilReady(() =>
    execFileSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)], { stdio: "ignore" }),
  );
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    version: execFileSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" }).trim(),
    close: async () => {
      const closed = once(server, "close");
      execFileSync(...asUser(join(bin, "pg_ctl"), ["-D", data, "-m", "fast", "stop"]), {
        stdio: "ignore",
        cwd: folder,
      });
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The server refuses to run as root.
function asUser(command: string, args: readonly string[]): [string, string[]] {
  return process.getuid?.() === 0 ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, [...args]];
}

async function untilReady(check: () => unknown): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      check();
      return;
    } catch (error) {
      if (attempt === 300) throw error;
      await sleep(100);
    }
  }
}
