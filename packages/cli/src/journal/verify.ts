import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { counted } from "../print/counted.ts";
import { headText, parseHead } from "./head.ts";
import { problemsText } from "./problems-text.ts";
import { withJournal } from "./with-journal.ts";

export interface VerifyCommandOptions {
  readonly journal: string;
  readonly since?: string | undefined;
}

/** `holdfast journal verify`: exits with 1 if anything is not as it was written. */
export async function verify(
  { io, output }: CommandContext,
  { journal: file, since }: VerifyCommandOptions,
): Promise<ExitCode> {
  const expected = since === undefined ? undefined : parseHead(since);
  const report = await withJournal(io, file, (journal) => journal.verify({ since: expected }));
  const { ok, transactions, commits, head, problems } = report;
  const read = `read ${counted(transactions, "transaction")} and ${counted(commits, "commit")}; the head is ${headText(head)}`;
  output.answer(
    report,
    ok
      ? `${output.paint("green", "ok")}: ${read}`
      : `${problemsText(problems)}\n\n${output.paint("red", "damaged")}: ${read}`,
  );
  return ok ? exitCode.ok : exitCode.error;
}
