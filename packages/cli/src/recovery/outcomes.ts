import type { RollbackReport } from "@holdfast/rollback";
import type { RecoveryReport } from "@holdfast/rollback/recovery";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { problemsText } from "../journal/problems-text.ts";
import { printable } from "../print/printable.ts";
import { table } from "../print/table.ts";
import { errorText } from "./details.ts";

/** 1 if anything is damaged or failed, 5 if anything waits for a person or was left, else 0. */
export function recoveryExitCode({ transactions, problems }: RecoveryReport): ExitCode {
  const outcomes = new Set(transactions.map(({ outcome }) => outcome));
  if (problems.length > 0 || outcomes.has("failed") || outcomes.has("damaged")) return exitCode.error;
  return outcomes.has("parked") || outcomes.has("manual") || outcomes.has("skipped") ? exitCode.parked : exitCode.ok;
}

export function outcomesText(
  { transactions, problems }: RecoveryReport,
  missingHandlers: ReadonlyMap<string, readonly string[]>,
): string {
  if (transactions.length === 0) return "Nothing is open.";
  const rows = transactions.map(({ id, description, outcome, report, error }) => {
    const missing = outcome === "skipped" ? (missingHandlers.get(id) ?? []) : [];
    const left = missing.length === 0 ? undefined : `left: no handler for ${missing.join(", ")}`;
    const what = left ?? (report === undefined ? (errorText(error) ?? "") : reportText(report));
    return [id, outcome, printable(what), printable(description)];
  });
  const outcomes = table(["ID", "OUTCOME", "WHAT", "DESCRIPTION"], rows);
  return problems.length === 0 ? outcomes : `${outcomes}\n\n${problemsText(problems)}`;
}

/** One line of what a rollback did. */
export function reportText({
  undone,
  nothingToUndo,
  skipped,
  parked,
  waiting,
  missingPermissions,
}: RollbackReport): string {
  const counts: readonly (readonly [number, string])[] = [
    [undone.length, "undone"],
    [nothingToUndo.length, "with nothing to undo"],
    [skipped.length, "left by decision"],
    [waiting.length, "waiting for those"],
  ];
  return [
    ...counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...parked.map(({ step, operation, reason }) => `step ${step} (${operation}) parked: ${reason}`),
    ...missingPermissions.map((permission) => `lacks ${permission}`),
  ].join(", ");
}
