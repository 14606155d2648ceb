import type { JournalHead } from "@holdfast/rollback";
import { usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { withJournal } from "./with-journal.ts";

/** `holdfast journal head`: one line, for `--since`. */
export async function head(
  { io, output }: CommandContext,
  { journal: file }: { readonly journal: string },
): Promise<ExitCode> {
  const latest = await withJournal(io, file, (journal) => journal.head());
  output.answer(latest, headText(latest));
  return exitCode.ok;
}

export function headText({ number, hash }: JournalHead): string {
  return `${number}:${hash}`;
}

export function parseHead(text: string): JournalHead {
  const [, number, hash] = /^(\d+):([0-9a-f]*)$/.exec(text.trim()) ?? [];
  if (number === undefined || hash === undefined) {
    throw usageError(
      `Expected --since as \`holdfast journal head\` prints it (NUMBER:HASH), got ${JSON.stringify(text)}`,
    );
  }
  return { number: Number(number), hash };
}
