#!/usr/bin/env node
import { processIo } from "./process-io.ts";
import { runCli } from "./run-cli.ts";

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error; // `holdfast … 2>&1 | head` has read enough
  });
}
process.exitCode = await runCli(process.argv.slice(2), processIo());
