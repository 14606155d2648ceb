import type { Command } from "commander";
import type { CliIo } from "./cli-io.ts";
import type { ExitCode } from "./exit-code.ts";
import { Output } from "./print/output.ts";

/** What every command is given beside its own arguments. */
export interface CommandContext {
  readonly io: CliIo;
  readonly output: Output;
}

/** Runs with the command's arguments, then its options, as commander parsed them. */
export type Run<Options> = (
  context: CommandContext,
  options: Options,
  ...args: readonly string[]
) => Promise<ExitCode> | ExitCode;

/** Where commands are hung up: the process they run in, and who is told the exit code. */
export interface CommandHost {
  readonly io: CliIo;
  readonly ended: (code: ExitCode) => void;
}

/** Gives `command` the `--json` that all have, and runs `run` as its action. */
export function runs<Options extends object>(command: Command, { io, ended }: CommandHost, run: Run<Options>): void {
  command.option("--json", "print JSON, for programs");
  command.action(async (...given: unknown[]) => {
    const args = given.slice(0, -2) as string[];
    const options = given.at(-2) as Options & { readonly json?: boolean };
    const context = { io, output: new Output(io, options.json === true) };
    ended(await run(context, options, ...args));
  });
}
