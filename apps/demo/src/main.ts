#!/usr/bin/env node
import { describeError } from "@holdfast/errors";
import type { CommandContext } from "./command-context.ts";
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import { eventCommand } from "./event-command.ts";
import { exitCodes } from "./exit-codes.ts";
import { printCommand } from "./print-command.ts";
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
    checkEndpoints(process.env);
    screen = openScreen({ output: process.stdout, json: "json" in line && line.json, env: process.env });
    const context = { screen, signal: interruption.signal };
    const exitCode = await runLine(line, context);
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

/** An address that is none would fail later, as an "Invalid URL" that names no variable. */
function checkEndpoints(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ""] of Object.entries(env)) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || value === "" || (/^https?:/.test(value) && URL.canParse(value)))
      continue;
    throw new UsageExit(
      `error: ${name} is no address, as in http://127.0.0.1:4566: ${JSON.stringify(value)}\n`,
      exitCodes.usage,
    );
  }
}

async function runLine(line: CommandLine, context: CommandContext): Promise<number> {
  switch (line.command) {
    case "run":
      return runCommand(line, context);
    case "event":
      return eventCommand(line, context);
    case "recover":
      return recoverCommand(line, context);
    case "policy":
    case "dashboards":
      return printCommand(line, process.stdout);
    default:
      return (await showcase(context)) ? exitCodes.ok : exitCodes.error;
  }
}
