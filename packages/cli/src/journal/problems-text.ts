import type { JournalProblem } from "@holdfast/rollback";
import { printable } from "../print/printable.ts";
import { table } from "../print/table.ts";

/** What does not fit in a journal, for a person. */
export function problemsText(problems: readonly JournalProblem[]): string {
  return table(
    ["DAMAGED", "WHICH", "WHAT"],
    problems.map(({ what, id, message }) => [what, id, printable(message)]),
  );
}
