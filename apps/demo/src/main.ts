#!/usr/bin/env node
import { describeError } from "@holdfast/errors";
import { parseCommandLine } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { recoverCommand } from "./recover-command.ts";
import { runCommand } from "./run-command.ts";
import { openScreen, type Screen } from "./screen/screen.ts";
import { showcase } from "./showcase/showcase.ts";
import { UsageExit } from "./usage-exit.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // The first asks the work to end in order, undo included; the second ends the process as it is.
  process.once(signal, () => {
    interruption.abort(new Error(`Interrupted by ${signal}`));
    process.once(signal, () => process.exit(exitCodes.interrupted));
  });
}

// A reader that has seen enough, as in `replicate run … | head`, does not cut a run off in the middle.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let screen: Screen | undefined;
  try {
    const line = parseCommandLine(args, process.env);
    screen = openScreen({ output: process.stdout, json: line.json, env: process.env });
    const context = { screen, signal: interruption.signal };
    const exitCode = await (line.command === "run"
      ? runCommand(line, context)
      : line.command === "recover"
        ? recoverCommand(line, context)
        : showcase(context).then((asItShould) => (asItShould ? exitCodes.ok : exitCodes.error)));
    return interruption.signal.aborted && exitCode === exitCodes.error ? exitCodes.interrupted : exitCode;
  } catch (error) {
    screen?.done();
    if (error instanceof UsageExit) {
      (error.exitCode === 0 ? process.stdout : process.stderr).write(error.message);
      return error.exitCode;
    }
    if (interruption.signal.aborted) {
      process.stderr.write(`${(interruption.signal.reason as Error).message}\n`);
      return exitCodes.interrupted;
    }
    process.stderr.write(
      `${describeError(error, { colour: process.stderr.isTTY === true && !process.env.NO_COLOR, debug: Boolean(process.env.DEBUG) })}\n`,
    );
    return exitCodes.error;
  }
}
