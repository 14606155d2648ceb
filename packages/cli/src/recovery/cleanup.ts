import type { Journal } from "@holdfast/rollback";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { durationMs } from "../duration.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { withJournal } from "../journal/with-journal.ts";
import { counted } from "../print/counted.ts";
import { allTransactions } from "./all-transactions.ts";

export interface CleanupOptions {
  readonly journal: string;
  readonly olderThan: string;
  readonly dryRun?: boolean | undefined;
}

/** `holdfast recovery cleanup --older-than 30d`: deletes what ended before then. What is open stays, however old. */
export async function cleanup(
  { io, output }: CommandContext,
  { journal: file, olderThan, dryRun = false }: CleanupOptions,
): Promise<ExitCode> {
  const olderThanMs = durationMs(olderThan);
  const deleted = await withJournal(io, file, async (journal) => {
    if (dryRun) return endedBefore(journal, io.now() - olderThanMs);
    await requireSound(journal);
    return journal.prune({ olderThanMs });
  });
  output.answer(
    { dryRun, olderThanMs, transactions: deleted },
    `${dryRun ? "Would delete" : "Deleted"} ${counted(deleted.length, "transaction")} that ended more than ${olderThan} ago`,
  );
  return exitCode.ok;
}

async function endedBefore(journal: Journal, before: number): Promise<readonly string[]> {
  const ended = await allTransactions(journal, { open: false });
  return ended.filter(({ changedAt }) => changedAt < before).map(({ id }) => id);
}

// What is deleted from a damaged journal is missing when somebody looks for what happened to it.
async function requireSound(journal: Journal): Promise<void> {
  const { ok, problems } = await journal.verify();
  if (ok) return;
  throw new CliError(
    `The journal is damaged in ${counted(problems.length, "place")}, and was left as it is: see \`holdfast journal verify\``,
  );
}
