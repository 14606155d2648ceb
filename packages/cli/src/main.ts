#!/usr/bin/env node
import { processIo } from "./process-io.ts";
import { runCli } from "./run-cli.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // `holdfast … | head` has read enough
});
process.exitCode = await runCli(process.argv.slice(2), processIo());
