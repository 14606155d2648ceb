import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type ErrorRecord, recoveryAdviceByKind, redact } from "@holdfast/errors";
import { readErrorLog } from "@holdfast/errors/file-sink";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { counted } from "../print/counted.ts";
import type { Output } from "../print/output.ts";
import { type RecordFilter, recordFilter } from "./record-filter.ts";

export interface ReadRecords {
  readonly path: string;
  /** Those that pass the filters, oldest first, redacted once more: others may have written the file. */
  readonly records: readonly ErrorRecord[];
  /** Lines that are no record; reported, never passed over. */
  readonly unreadableLines: number;
}

/** Reads an error log. A log that is not there is refused: it must not look like one without errors. */
export async function readRecords(
  io: CliIo,
  { file, ...filter }: RecordFilter & { readonly file: string },
): Promise<ReadRecords> {
  const passes = recordFilter(filter, io.now());
  const path = resolve(io.cwd, file);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError(`${path} is a folder: give the error log in it (--file)`);
  }
  const log = await readErrorLog(path);
  const whole = log.records.filter(isWhole);
  const unreadableLines = log.unreadableLines + log.records.length - whole.length;
  if (whole.length + unreadableLines === 0 && !existsSync(path)) {
    throw new CliError(
      `There is no error log ${path}: nothing was recorded yet, or it lies elsewhere (--file; fileSink of @holdfast/errors/file-sink writes it)`,
    );
  }
  return { path, records: whole.filter(passes).map((record) => redact(record) as ErrorRecord), unreadableLines };
}

/** Says that part of the log is damaged. */
export function noteUnreadable(output: Output, { path, unreadableLines }: ReadRecords): void {
  if (unreadableLines === 0) return;
  output.note(
    `holdfast: ${counted(unreadableLines, "line")} of ${path} could not be read: a writer died, or the file is damaged`,
  );
}

const severities: ReadonlySet<unknown> = new Set(["low", "medium", "high", "critical"]);

// The log says it is a record if kind and time are there; what is shown here needs more of it.
function isWhole({ at, kind, name, message, group, severity }: ErrorRecord): boolean {
  return (
    Object.hasOwn(recoveryAdviceByKind, kind) &&
    severities.has(severity) &&
    [name, message, group].every((text) => typeof text === "string") &&
    !Number.isNaN(new Date(at).getTime())
  );
}
