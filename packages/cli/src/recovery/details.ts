import type { RecordedError, StepView, TransactionView } from "@holdfast/rollback";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { withJournal } from "../journal/with-journal.ts";
import { printable } from "../print/printable.ts";
import { table } from "../print/table.ts";
import { time } from "../print/time.ts";
import { shown } from "./shown.ts";

/** `holdfast recovery details ID`: steps, decisions and the audit trail. Inputs and outputs are shown without secrets. */
export async function details(
  { io, output }: CommandContext,
  { journal: file }: { readonly journal: string },
  id?: string,
): Promise<ExitCode> {
  const view = await withJournal(io, file, (journal) => journal.show(id!));
  const { records, steps, ...rest } = view;
  output.answer(
    { ...shown(rest), steps: steps.map((step) => shown(step)), records: records.map((record) => shown(record)) },
    detailsText(view),
  );
  return exitCode.ok;
}

export function detailsText(view: TransactionView): string {
  const { id, description, status, partial, beganAt, changedAt, rollbackReason, missing, missingPermissions } = view;
  const facts = [
    ["transaction", id],
    ["description", printable(description)],
    ["status", partial ? `${status} (partial)` : status],
    ["began", time(beganAt)],
    ["changed", time(changedAt)],
    ["rolled back for", printable(rollbackReason ?? "")],
    ["not done of its plan", printable(missing.join(", "))],
    ["permissions missing", printable(missingPermissions.join(", "))],
  ].filter(([, value]) => value !== "");
  return [
    ...facts.map(([name, value]) => `${name}: ${value}`),
    "",
    stepsText(view.steps),
    ...view.decisions.map(
      ({ step, who, decision, why, at }) =>
        `decided ${time(at)} by ${printable(who)}: ${decision} ${step === undefined ? "all" : `step ${step}`} (${printable(why)})`,
    ),
  ].join("\n");
}

function stepsText(steps: readonly StepView[]): string {
  return table(
    ["STEP", "OPERATION", "CLASS", "STATUS", "UNDO ATTEMPTS", "INPUT"],
    steps.map(({ step, operation, version, class: operationClass, status, parked, error, undoAttempts, input }) => [
      String(step),
      `${printable(operation)}@${version}`,
      operationClass,
      [status, parked, errorText(error)].filter((part) => part !== undefined).join(": "),
      String(undoAttempts),
      printable(shown(input)).slice(0, 200),
    ]),
  );
}

export function errorText(error: RecordedError | undefined): string | undefined {
  return error === undefined ? undefined : printable(error.code ?? error.name);
}
