import type { AnyOperation, Decision, TransactionView } from "@holdfast/rollback";
import { CliError, usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { withJournal } from "../journal/with-journal.ts";
import { hasHandler, loadOperations } from "./load-operations.ts";
import { reportText } from "./outcomes.ts";
import { plannedSteps } from "./recovery-steps.ts";
import { retryAll } from "./retry-all.ts";

export interface DecideCommandOptions {
  readonly journal: string;
  readonly who: string;
  readonly why: string;
  readonly operations?: string | undefined;
}

/**
 * `holdfast recovery decide ID STEP DECISION`: records the decision and goes on with the rollback. Refused, with nothing written,
 * when going on would need a handler that is not there.
 */
export async function decide(
  { io, output }: CommandContext,
  { journal: file, who, why, operations: module }: DecideCommandOptions,
  ...[id, stepText, decisionText]: readonly string[]
): Promise<ExitCode> {
  const step = stepOf(stepText!);
  const decision = decisionOf(decisionText!);
  if (who.trim() === "" || why.trim() === "")
    throw usageError("--who and --why must say something: they are the audit trail");
  if (step === undefined && decision !== "retry") throw usageError("`all` can only be told to retry");
  const handlers = module === undefined ? { operations: [] } : await loadOperations(io, module);
  const report = await withJournal(
    io,
    file,
    async (journal) => {
      refuse(await journal.show(id!), step, decision, handlers.operations);
      const signal = io.interrupted?.();
      if (step === undefined) return retryAll(journal, id!, { who, why, signal });
      return journal.decide(id!, step, { decision, who, why }, { signal });
    },
    handlers,
  );
  output.answer(report, `${report.outcome}${report.partial ? " (partial)" : ""}: ${reportText(report)}`);
  return report.outcome === "parked" ? exitCode.parked : exitCode.ok;
}

function refuse(
  view: TransactionView,
  step: number | undefined,
  decision: Decision,
  operations: readonly AnyOperation[],
): void {
  const decided = view.steps.find((each) => each.step === step);
  if (view.status !== "parked") {
    throw new CliError(`Transaction ${view.id} is ${view.status}: only what is parked waits for a decision`);
  }
  if (step !== undefined && decided?.status !== "parked") {
    const status = decided === undefined ? "does not exist" : `is ${decided.status}`;
    throw new CliError(`Step ${step} of ${view.id} ${status}: see \`holdfast recovery details ${view.id}\``);
  }
  const missing = plannedSteps(view.steps, operations).flatMap(({ missingHandler }) => missingHandler ?? []);
  if (decision === "retry" && decided !== undefined && !hasHandler(operations, decided.operation, decided.version)) {
    missing.push(`${decided.operation}@${decided.version}`);
  }
  if (step === undefined) missing.push(...parkedWithoutHandler(view, operations));
  if (missing.length === 0) return;
  throw new CliError(
    `Going on needs handlers that are not there: ${[...new Set(missing)].join(", ")}. Nothing was written; give --operations the module that exports them`,
  );
}

function parkedWithoutHandler({ steps }: TransactionView, operations: readonly AnyOperation[]): readonly string[] {
  return steps
    .filter((step) => step.status === "parked" && step.class === "undoable")
    .filter(({ operation, version }) => !hasHandler(operations, operation, version))
    .map(({ operation, version }) => `${operation}@${version}`);
}

function stepOf(text: string): number | undefined {
  if (text === "all") return undefined;
  if (!/^[1-9]\d*$/.test(text))
    throw usageError(`Expected STEP to be a step's number or \`all\`, got ${JSON.stringify(text)}`);
  return Number(text);
}

const decisions: readonly Decision[] = ["retry", "skip", "resolved"];

function decisionOf(text: string): Decision {
  const decision = decisions.find((each) => each === text);
  if (decision === undefined) throw usageError(`Expected ${decisions.join(", ")}, got ${JSON.stringify(text)}`);
  return decision;
}
