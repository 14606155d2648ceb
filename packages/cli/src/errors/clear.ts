import { clearErrorLog } from "@holdfast/errors/file-sink";
import { usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { counted } from "../print/counted.ts";
import { readRecords } from "./read-records.ts";

export interface ClearOptions {
  readonly file: string;
  readonly yes?: boolean | undefined;
}

/** `holdfast errors clear`: removes the log, only when told `--yes`. */
export async function clear({ io, output }: CommandContext, { file, yes }: ClearOptions): Promise<ExitCode> {
  const { path, records, unreadableLines } = await readRecords(io, { file });
  const unreadable = unreadableLines === 0 ? "" : ` (and ${counted(unreadableLines, "unreadable line")})`;
  if (yes !== true)
    throw usageError(`${path} holds ${counted(records.length, "record")}${unreadable}: give --yes to remove them`);
  const removed = await clearErrorLog(path);
  output.answer(
    { file: path, removed, unreadableLines },
    `Removed ${counted(removed, "record")}${unreadable} from ${path}`,
  );
  return exitCode.ok;
}
