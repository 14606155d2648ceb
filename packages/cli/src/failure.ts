import { describeError, errorToJson, OptionError } from "@holdfast/errors";
import { isJournalError } from "@holdfast/rollback";
import { CliError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { printable } from "./print/printable.ts";

/** Tells, on standard error, why a command failed. Standard output stays what it was, so that a reader of JSON is not surprised. */
export function failure(error: unknown, io: CliIo, json: boolean): ExitCode {
  if (json) {
    const { name, message, code } = errorToJson(error);
    io.err(`${JSON.stringify({ error: { name, code, message } }, undefined, 2)}\n`);
  } else {
    io.err(`${textOf(error)}\n`);
  }
  return error instanceof CliError ? error.exitCode : exitCode.error;
}

function textOf(error: unknown): string {
  if (error instanceof CliError) return `holdfast: ${printable(error.message)}${causeOf(error)}`;
  if (isJournalError(error)) return `holdfast: ${error.code}: ${printable(error.message)}`;
  if (error instanceof OptionError) return `holdfast: ${printable(error.message)}`;
  return describeError(error);
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `\n  because ${printable(cause.message)}` : "";
}
