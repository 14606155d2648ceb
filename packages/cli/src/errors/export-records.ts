import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { counted } from "../print/counted.ts";
import { noteUnreadable, type ReadRecords, readRecords } from "./read-records.ts";
import type { RecordFilter } from "./record-filter.ts";

export interface ExportOptions extends RecordFilter {
  readonly file: string;
  readonly format: string;
  readonly output?: string | undefined;
}

/** `holdfast errors export`: the records as JSON or, one line each, as JSON lines. */
export async function exportRecords(
  { io, output }: CommandContext,
  { format, output: target, ...options }: ExportOptions,
): Promise<ExitCode> {
  if (format !== "json" && format !== "jsonl") throw usageError(`Expected --format json or jsonl, got ${format}`);
  const log = await readRecords(io, options);
  const text = format === "jsonl" ? jsonLines(log) : json(log, io.now());
  if (target === undefined) {
    io.out(text);
  } else {
    const path = resolve(io.cwd, target);
    await writeFile(path, text, { mode: 0o600 });
    output.answer(
      { exported: log.records.length, to: path },
      `Exported ${counted(log.records.length, "record")} to ${path}`,
    );
  }
  noteUnreadable(output, log);
  return log.unreadableLines === 0 ? exitCode.ok : exitCode.error;
}

function json({ path, records, unreadableLines }: ReadRecords, exportedAt: number): string {
  return `${JSON.stringify({ exportedAt, file: path, unreadableLines, records }, undefined, 2)}\n`;
}

function jsonLines({ records }: ReadRecords): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
