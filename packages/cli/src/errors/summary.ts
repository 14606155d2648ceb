import { reportOn, summarize } from "@holdfast/errors";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { printableText } from "../print/printable.ts";
import { noteUnreadable, readRecords } from "./read-records.ts";
import type { RecordFilter } from "./record-filter.ts";

/** `holdfast errors summary`: exits with 1 if part of the log could not be read. */
export async function summary(
  { io, output }: CommandContext,
  options: RecordFilter & { readonly file: string },
): Promise<ExitCode> {
  const log = await readRecords(io, options);
  const { path, records, unreadableLines } = log;
  output.answer({ file: path, unreadableLines, ...reportOn(records) }, printableText(summarize(records)));
  noteUnreadable(output, log);
  return unreadableLines === 0 ? exitCode.ok : exitCode.error;
}
