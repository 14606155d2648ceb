#!/usr/bin/env node
import { processIo } from "./process-io.ts";
import { runCli } from "./run-cli.ts";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  // Once: what was begun is left in a state that can be recovered; a second signal ends the process at once.
  process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}`)));
}
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // `holdfast … | head` has read enough
});
process.exitCode = await runCli(process.argv.slice(2), processIo(interrupted.signal));
