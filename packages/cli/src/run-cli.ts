import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import type { CliIo } from "./cli-io.ts";
import type { CommandHost } from "./command.ts";
import { doctorCommand } from "./doctor/doctor-command.ts";
import { errorsCommands } from "./errors/errors-commands.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { failure } from "./failure.ts";
import { journalCommands } from "./journal/journal-commands.ts";
import { recoveryCommands } from "./recovery/recovery-commands.ts";

/**
 * Runs `holdfast` with the words after its name. Resolves with the exit code: 0 ok, 1 an error, 5 something waits for a person or was
 * not recovered, 64 the command line is wrong. Never rejects.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let code: ExitCode = exitCode.ok;
  const program = holdfast({ io, ended: (ended) => (code = ended) });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    return failure(error, io, args.includes("--json"));
  }
}

function holdfast(host: CommandHost): Command {
  const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };
  const program = new Command("holdfast")
    .description("Inspect errors, journals and recovery.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: host.io.out,
      writeErr: host.io.err,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(see --help)");
  errorsCommands(program, host);
  recoveryCommands(program, host);
  journalCommands(program, host);
  doctorCommand(program, host);
  return program;
}
