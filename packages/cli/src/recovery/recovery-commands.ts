import type { Command } from "commander";
import { type CommandHost, runs } from "../command.ts";
import { onJournal } from "../journal/journal-commands.ts";
import { cleanup } from "./cleanup.ts";
import { decide } from "./decide.ts";
import { details } from "./details.ts";
import { execute } from "./execute.ts";
import { list } from "./list.ts";

export function recoveryCommands(program: Command, host: CommandHost): void {
  const recovery = program.command("recovery").description("Finish what dead processes left half done.");
  runs(
    onJournal(recovery.command("list").description("transactions that are open"))
      .option("--all", "committed and rolled back ones too")
      .option("--no-verify", "do not read the whole journal to find damage"),
    host,
    list,
  );
  runs(
    onJournal(recovery.command("details").description("everything the journal knows of a transaction")).argument(
      "<id>",
    ),
    host,
    details,
  );
  runs(
    withOperations(onJournal(recovery.command("execute").description("undo what dead processes left open")))
      .option("--strategy <strategy>", "automatic, guided (asks), manual or skip", "automatic")
      .option("--reprobe-after <duration>", "guided: look once more for an effect that was not found", "5m")
      .option("--dry-run", "only list what would be done"),
    host,
    execute,
  );
  runs(
    withOperations(onJournal(recovery.command("decide").description("decide about a parked step, and go on")))
      .argument("<id>")
      .argument("<step>", "its number, or `all`: try a parked rollback again")
      .argument("<decision>", "retry, skip or resolved")
      .requiredOption("--who <name>", "who decides, for the audit trail")
      .requiredOption("--why <reason>", "why, and what was seen"),
    host,
    decide,
  );
  runs(
    onJournal(recovery.command("cleanup").description("delete transactions that ended long ago"))
      .requiredOption("--older-than <duration>", "e.g. 30d")
      .option("--dry-run", "only list them"),
    host,
    cleanup,
  );
}

function withOperations(command: Command): Command {
  return command.option(
    "--operations <module>",
    "a path or package whose `operations` or default export has the handlers (also `keys`, `checkPermissions`)",
  );
}
