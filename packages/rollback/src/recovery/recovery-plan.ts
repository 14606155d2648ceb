import { type Classification, classify, OptionError } from "@holdfast/errors";
import { assertKnownOptions } from "@holdfast/errors/policy";
import type { Operation } from "../define-operation.ts";
import type { Transaction } from "../forward/transaction.ts";
import type { Journal } from "../journal.ts";
import { isJournalError } from "../journal-error.ts";
import type { RecordedError } from "../protocol/record.ts";
import { recordedError } from "../recorded-error.ts";
import type { RollbackReport } from "../undo/rollback-report.ts";

/** One action of a plan; made by {@link planStep}. */
export interface PlanStep {
  /** Unique in its plan. */
  readonly name: string;
  readonly run: (transaction: Transaction) => Promise<unknown>;
}

/** What to do about a kind of error: actions that are operations, so that they are journaled, and undone if the plan fails. */
export interface RecoveryPlan {
  readonly name: string;
  readonly description: string;
  /** Whether this plan is for such an error. */
  readonly when: (classification: Classification, error: unknown) => boolean;
  readonly steps: readonly PlanStep[];
}

export interface RunPlanOptions {
  /** What it is done for, e.g. a deployment's id: for one key a plan is done once. */
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

export interface PlanReport {
  readonly plan: string;
  /** `done-before`: an earlier run was committed. `owned`: another process is at it. Otherwise it was run, or gone on with, now. */
  readonly outcome: "done" | "done-before" | "owned" | "rolled-back" | "parked";
  /** The journal's transaction. */
  readonly transaction: string;
  /** Why it was rolled back. */
  readonly error: RecordedError | undefined;
  readonly rollback: RollbackReport | undefined;
}

/** An action of a plan: an operation with its input. */
export function planStep<Input, Output>(
  name: string,
  operation: Operation<Input, Output, undefined>,
  input: Input,
): PlanStep {
  return { name, run: (transaction) => transaction.run(operation, input, { name }) };
}

/** The first plan that is for this error; `undefined` if none is. */
export function planFor(plans: readonly RecoveryPlan[], error: unknown): RecoveryPlan | undefined {
  const classification = classify(error);
  return plans.find(({ when }) => when(classification, error));
}

/**
 * Runs a plan as a transaction. Safe to repeat: what an earlier run has committed is not done again, and one that died is
 * gone on with from its last finished action.
 */
export async function runPlan(journal: Journal, plan: RecoveryPlan, options: RunPlanOptions): Promise<PlanReport> {
  assertKnownOptions("runPlan()", options, { key: 0, signal: 0 });
  const { key, signal } = options;
  if (typeof key !== "string" || key === "") throw new OptionError("key", "a text, e.g. a deployment's id", key);
  const job = `plan:${plan.name}:${key}`;
  const earlier = (await journal.transactions({ job })).findLast(({ status }) => status !== "rolled-back");
  const report = (outcome: PlanReport["outcome"], transaction: string): PlanReport => ({
    plan: plan.name,
    outcome,
    transaction,
    error: undefined,
    rollback: undefined,
  });
  if (earlier?.status === "committed") return report("done-before", earlier.id);
  if (earlier?.status === "parked") return report("parked", earlier.id);
  if (earlier?.status === "rolling-back") return finish(journal, report("rolled-back", earlier.id), signal);
  try {
    const names = plan.steps.map(({ name }) => name);
    const transaction =
      earlier === undefined
        ? await journal.begin(plan.description, { job, plan: names })
        : await journal.resume(earlier.id, { signal });
    try {
      return await runSteps(plan, transaction, report("done", transaction.id));
    } finally {
      await transaction[Symbol.asyncDispose]();
    }
  } catch (error) {
    if (isJournalError(error, "ERR_JOURNAL_STATE") && earlier !== undefined) return report("owned", earlier.id);
    throw error;
  }
}

async function runSteps({ steps }: RecoveryPlan, transaction: Transaction, report: PlanReport): Promise<PlanReport> {
  try {
    for (const step of steps) await step.run(transaction);
    await transaction.commit();
    return report;
  } catch (error) {
    if (isJournalError(error)) throw error;
    const rollback = await transaction.rollback("an action of the plan failed");
    return { ...report, outcome: rollback.outcome, error: recordedError(error), rollback };
  }
}

async function finish(journal: Journal, report: PlanReport, signal: AbortSignal | undefined): Promise<PlanReport> {
  try {
    const rollback = await journal.rollback(report.transaction, { signal });
    return { ...report, outcome: rollback.outcome, rollback };
  } catch (error) {
    if (isJournalError(error, "ERR_JOURNAL_STATE")) return { ...report, outcome: "owned" };
    throw error;
  }
}
