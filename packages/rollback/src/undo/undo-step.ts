import { boundedCall } from "../bounded-call.ts";
import type { OpenTransaction } from "../open-transaction.ts";
import { pause } from "../pause.ts";
import type { ParkReason } from "../protocol/record.ts";
import type { StepState } from "../protocol/step-state.ts";
import type { ReadableStep } from "../read-step.ts";
import { recordedError } from "../recorded-error.ts";
import { backoffMs } from "./backoff.ts";
import { probe, type SettleOptions, settleStep } from "./settle.ts";
import { stepFacts } from "./step-facts.ts";
import type { UndoAdvice } from "./undo-settings.ts";

/** Closes one step of a rollback: settled if unknown, then undone, or parked. */
export async function undoStep(transaction: OpenTransaction, step: StepState, options: SettleOptions): Promise<void> {
  if (step.status === "intended" && !step.probedUnknown) await settleStep(transaction, step, options);
  if (step.status === "absent") return;
  const readable = transaction.read(step);
  if ("unreadable" in readable) return park(transaction, step, readable.unreadable);
  const reason = cannotBeUndone(step, readable);
  if (reason !== undefined) return park(transaction, step, reason);
  const whole = await withProbedOutput(transaction, step, readable, options);
  await attemptUntilClosed(transaction, step, whole, options.signal);
}

// An output that could not be written down may still be found: the undo needs it.
async function withProbedOutput(
  transaction: OpenTransaction,
  step: StepState,
  readable: ReadableStep,
  { signal }: SettleOptions,
): Promise<ReadableStep> {
  if (step.unwritten === undefined || readable.operation.probe === undefined) return readable;
  const found = await probe(transaction, step, readable, signal);
  return found.state === "applied" ? { ...readable, output: found.output as never } : readable;
}

function cannotBeUndone({ status, intent }: StepState, { operation }: ReadableStep): ParkReason | undefined {
  if (intent.class === "pivot" || intent.class === "irreversible") {
    return status === "intended" ? "unknown-effect" : intent.class;
  }
  if (operation.compensate === undefined) return "handler-missing"; // a later version is no longer undoable
  return status === "intended" && operation.compensatesUnknown !== true ? "unknown-effect" : undefined;
}

async function attemptUntilClosed(
  transaction: OpenTransaction,
  step: StepState,
  readable: ReadableStep,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { runtime, log } = transaction;
  const { clock, undo, classify } = runtime;
  const number = step.intent.step;
  while (step.undoAttempts - step.forgivenAttempts < undo.maxAttempts) {
    signal?.throwIfAborted();
    const attempt = step.undoAttempts + 1;
    await log.append({ type: "UNDO_START", at: clock.now(), step: number, attempt });
    transaction.emitStep(step, "undoing", { attempt });
    try {
      await compensate(transaction, step, readable, attempt);
      log.appendLazily({ type: "UNDONE", at: clock.now(), step: number, evidence: `attempt ${attempt}` });
      return transaction.emitStep(step, "undone", { attempt });
    } catch (error) {
      if (log.failure !== undefined) throw error;
      const advice =
        attempt - step.forgivenAttempts >= undo.maxAttempts ? "park" : adviceOn(transaction, step, error, attempt);
      const next = advice === "retry" ? "retry" : "park";
      log.appendLazily({
        type: "UNDO_FAILED",
        at: clock.now(),
        step: number,
        attempt,
        error: recordedError(error),
        next,
      });
      transaction.emitStep(step, "undo-failed", { attempt, error: recordedError(error) });
      if (advice === "skip") return skip(transaction, step);
      if (advice === "park") break;
      await pause(clock, backoffMs(runtime, attempt - step.forgivenAttempts, classify(error).retryAfterMs), signal);
    }
  }
  park(transaction, step, "undo-failed");
}

// With a signal of its own: the work may have been aborted long ago, and is undone all the same.
function compensate({ runtime, state }: OpenTransaction, step: StepState, readable: ReadableStep, attempt: number) {
  const { operation, input, output } = readable;
  const { idempotencyKey, deadlineMs, step: number } = step.intent;
  const facts = { transaction: state.id, description: state.description, step: number, idempotencyKey, attempt };
  return boundedCall(
    async (signal) =>
      operation.compensate!(input, { ...facts, signal, output: step.happened ? output : undefined } as never),
    {
      clock: runtime.clock,
      timeoutMs: operation.undoDeadlineMs ?? deadlineMs,
      what: `Undoing step ${number} (${operation.name})`,
    },
  );
}

function adviceOn({ runtime, id }: OpenTransaction, step: StepState, error: unknown, attempt: number): UndoAdvice {
  const classification = runtime.classify(error);
  try {
    const advice = runtime.undo.advise?.({ ...stepFacts(id, step), attempt, error, classification });
    if (advice !== undefined) return advice;
  } catch (problem) {
    runtime.logger.warn("`undo.advise` threw; the default is followed", {
      transaction: id,
      problem: recordedError(problem),
    });
  }
  switch (classification.kind) {
    case "defect":
    case "unknown":
    case "timeout":
    case "aborted":
      return "retry"; // says nothing about the next attempt
    default:
      return classification.retry === "never" ? "park" : "retry";
  }
}

function park(transaction: OpenTransaction, step: StepState, reason: ParkReason): void {
  const { log, runtime } = transaction;
  log.appendLazily({ type: "PARKED", at: runtime.clock.now(), step: step.intent.step, reason });
  transaction.emitStep(step, "parked", { reason });
}

function skip(transaction: OpenTransaction, step: StepState): void {
  const { log, runtime } = transaction;
  const at = runtime.clock.now();
  const number = step.intent.step;
  log.appendLazily(
    { type: "PARKED", at, step: number, reason: "undo-failed" },
    {
      type: "DECISION",
      at,
      step: number,
      who: "undo.advise",
      decision: "skip",
      why: "the rule for such an error says so",
    },
  );
  transaction.emitStep(step, "decided", { result: "skip" });
}
