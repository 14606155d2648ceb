import type { Command } from "commander";
import { type CommandHost, runs } from "../command.ts";
import { clear } from "./clear.ts";
import { explain } from "./explain.ts";
import { exportRecords } from "./export-records.ts";
import { guidance } from "./guidance.ts";
import { summary } from "./summary.ts";

export const defaultErrorLog = ".holdfast/errors.jsonl";

export function errorsCommands(program: Command, host: CommandHost): void {
  const errors = program.command("errors").description("What went wrong, and what to do about it.");
  runs(filtered(errors.command("summary").description("how many of which, and what to do first")), host, summary);
  runs(
    filtered(errors.command("export").description("the records, without secrets, to standard output or a file"))
      .option("--format <format>", "json or jsonl", "json")
      .option("--output <path>", "write to this file, readable to its owner alone"),
    host,
    exportRecords,
  );
  runs(
    onLog(errors.command("clear").description("remove the error log, rotated files included")).option("--yes", "do it"),
    host,
    clear,
  );
  runs(
    errors
      .command("guidance")
      .description("what to do about a kind of error, or an error code")
      .argument("<kind-or-code>"),
    host,
    guidance,
  );
  runs(
    errors
      .command("explain")
      .description("explain an error given as JSON, or as the AWS CLI prints it")
      .argument("[file]", "the file it is in; - is standard input", "-")
      .option("--service <name>", "e.g. SecretsManager")
      .option("--operation <name>", "e.g. GetSecretValue")
      .option("--region <name>")
      .option("--profile <name>"),
    host,
    explain,
  );
}

function onLog(command: Command): Command {
  return command.option("--file <path>", "the error log", defaultErrorLog);
}

function filtered(command: Command): Command {
  return onLog(command)
    .option("--kind <kind>", "only this kind, e.g. throttling")
    .option("--code <code>", "only this code, e.g. AccessDeniedException")
    .option("--operation <name>", "only this operation, e.g. PutSecretValue")
    .option("--since <when>", "only since then: 2h, 7d, or a date such as 2026-01-31");
}
