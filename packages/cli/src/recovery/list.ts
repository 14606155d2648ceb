import { redact } from "@holdfast/errors";
import type { Journal, JournalProblem, TransactionSummary } from "@holdfast/rollback";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { problemsText } from "../journal/problems-text.ts";
import { withJournal } from "../journal/with-journal.ts";
import { printable } from "../print/printable.ts";
import { table } from "../print/table.ts";
import { time } from "../print/time.ts";
import { allTransactions } from "./all-transactions.ts";
import { type OwnerState, ownerState } from "./owner-state.ts";

export interface ListOptions {
  readonly journal: string;
  readonly all?: boolean | undefined;
  readonly verify: boolean;
}

interface Listed extends TransactionSummary {
  readonly ownerState: OwnerState;
}

/** `holdfast recovery list`: exits with 1 if the journal is damaged: a list of it may not be complete. */
export async function list({ io, output }: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { transactions, problems } = await withJournal(io, options.journal, (journal) => read(journal, options));
  output.answer({ transactions, problems }, listText(transactions, options.all === true));
  if (problems.length === 0) return exitCode.ok;
  output.note(`${problemsText(problems)}\n\nholdfast: the journal is damaged: this list may not be complete`);
  return exitCode.error;
}

async function read(journal: Journal, { all, verify }: ListOptions) {
  const problems: readonly JournalProblem[] = verify ? (await journal.verify()).problems : [];
  const transactions: Listed[] = [];
  for (const summary of await allTransactions(journal, all === true ? {} : { open: true })) {
    const description = redact(summary.description) as string;
    transactions.push({ ...summary, description, ownerState: await ownerState(journal, summary) });
  }
  return { transactions, problems };
}

function listText(transactions: readonly Listed[], all: boolean): string {
  if (transactions.length === 0) return all ? "The journal holds no transaction." : "Nothing is open.";
  return table(
    ["ID", "STATUS", "OWNER", "BEGAN", "DESCRIPTION"],
    transactions.map(({ id, status, partial, ownerState, beganAt, description }) => [
      id,
      partial ? `${status} (partial)` : status,
      ownerState,
      time(beganAt),
      printable(description),
    ]),
  );
}
