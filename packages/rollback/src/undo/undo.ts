import { boundedCall } from "../bounded-call.ts";
import type { Permission } from "../define-operation.ts";
import type { OpenTransaction } from "../open-transaction.ts";
import { Progress } from "../progress.ts";
import { isClosed, type StepState } from "../protocol/step-state.ts";
import { undoPlan } from "../protocol/undo-plan.ts";
import { boundedParallel } from "./bounded-parallel.ts";
import { type RollbackReport, rollbackReport } from "./rollback-report.ts";
import type { SettleOptions } from "./settle.ts";
import { undoStep } from "./undo-step.ts";

const permissionCheckMs = 60_000;

/**
 * Drives a rollback to its end: group by group, the last first. Resolves when every step is closed, or when all that remain
 * wait for a person. Rejects when the journal fails or `signal` aborts; the transaction then stays open, to be recovered.
 */
export async function undo(transaction: OpenTransaction, options: SettleOptions): Promise<RollbackReport> {
  const { state, runtime } = transaction;
  const open = state.steps.filter((step) => !isClosed(step));
  const facts = { transaction: state.id, description: state.description, phase: "undo" } as const;
  const progress = new Progress(runtime, facts, open.length);
  const missing = await missingPermissions(transaction, open, options.signal);
  if (missing.length > 0) return parkAll(transaction, missing);
  for (let { ready } = undoPlan(state.steps); ready.length > 0; { ready } = undoPlan(state.steps)) {
    await boundedParallel(
      ready,
      (step) => scopeOf(transaction, step),
      runtime.undo,
      async (step) => {
        await undoStep(transaction, step, options);
        progress.stepFinished();
      },
    );
  }
  return finish(transaction);
}

async function finish(transaction: OpenTransaction): Promise<RollbackReport> {
  const { state, log, runtime } = transaction;
  const at = runtime.clock.now();
  if (state.steps.some((step) => !isClosed(step))) {
    await log.append({ type: "PARKED", at, reason: "steps-parked" });
    transaction.emit("parked", { reason: "steps-parked" });
    runtime.logger.error("A rollback waits for a person", { transaction: state.id, description: state.description });
  } else {
    const partial = state.steps.some(({ status }) => status === "skipped" || status === "resolved");
    await transaction.end({ type: "ROLLED_BACK", at, partial });
    transaction.emit("rolled-back", { partial });
  }
  return rollbackReport(state);
}

async function parkAll(transaction: OpenTransaction, missing: readonly string[]): Promise<RollbackReport> {
  const { log, runtime, state } = transaction;
  await log.append({ type: "PARKED", at: runtime.clock.now(), reason: "permissions-missing", missing });
  transaction.emit("parked", { reason: "permissions-missing" });
  runtime.logger.error("A rollback lacks permissions; nothing was undone", { transaction: state.id, missing });
  return rollbackReport(state);
}

// Before the first undo, so that nothing is left half undone for want of a right.
async function missingPermissions(
  transaction: OpenTransaction,
  steps: readonly StepState[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { checkPermissions, clock } = transaction.runtime;
  if (checkPermissions === undefined) return [];
  const needed = new Map<string, Permission>();
  for (const step of steps) {
    const readable = transaction.read(step);
    if ("unreadable" in readable) continue;
    for (const permission of readable.operation.permissions?.(readable.input, readable.output) ?? []) {
      needed.set(label(permission), permission);
    }
  }
  if (needed.size === 0) return [];
  const missing = await boundedCall((own) => checkPermissions([...needed.values()], own), {
    clock,
    timeoutMs: permissionCheckMs,
    signal,
    what: "`checkPermissions`",
  });
  return missing.map(label);
}

function label({ action, resource = "*", accountId }: Permission): string {
  return `${action} on ${resource}${accountId === undefined ? "" : ` in account ${accountId}`}`;
}

function scopeOf(transaction: OpenTransaction, step: StepState): string {
  const readable = transaction.read(step);
  if ("unreadable" in readable) return "";
  try {
    return readable.operation.scope?.(readable.input) ?? "";
  } catch {
    return "";
  }
}
