import type { Command } from "commander";
import { type CommandHost, runs } from "../command.ts";
import { head } from "./head.ts";
import { verify } from "./verify.ts";

export function journalCommands(program: Command, host: CommandHost): void {
  const journal = program.command("journal").description("Whether a journal is what was written.");
  runs(
    onJournal(journal.command("verify").description("hold every entry against its hash and the protocol")).option(
      "--since <head>",
      "a head kept elsewhere, as `journal head` prints it: notices an older copy",
    ),
    host,
    verify,
  );
  runs(onJournal(journal.command("head").description("the latest commit; keep it elsewhere")), host, head);
}

export function onJournal(command: Command): Command {
  return command.requiredOption("--journal <path>", "the journal's file");
}
