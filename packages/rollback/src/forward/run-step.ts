import { boundedCall } from "../bounded-call.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { JournalError } from "../journal-error.ts";
import type { OpenTransaction } from "../open-transaction.ts";
import type { AnyOperation } from "../operation-registry.ts";
import type { IntentRecord } from "../protocol/record.ts";
import { recordedError } from "../recorded-error.ts";
import { provesNotApplied } from "./proves-not-applied.ts";

export interface StepRequest {
  readonly operation: AnyOperation;
  readonly input: unknown;
  readonly unrecorded: unknown;
  readonly name: string | undefined;
  /** Numbers of earlier steps that must not be undone before this one. */
  readonly dependsOn: readonly number[] | undefined;
  /** The step's group; asked when its intent is written, so that groups rise with step numbers. */
  readonly group: () => number;
  readonly signal: AbortSignal;
}

/**
 * One step forward: its intent is durable before its effect begins; that it is done is durable with the next entry.
 *
 * An error that proves the effect absent closes the step. After any other the step is unknown, and nothing is written: the
 * effect may have happened, or may still happen until the deadline has passed.
 */
export async function runStep(transaction: OpenTransaction, request: StepRequest): Promise<unknown> {
  const { runtime, log, state } = transaction;
  const { operation } = request;
  const input = operation.input === undefined ? request.input : operation.input(request.input);
  if (operation.sensitive !== undefined && operation.sensitive.length > 0) await transaction.fields();

  const intent = intentRecord(transaction, request, input);
  const startedAt = runtime.clock.monotonic();
  transaction.began(intent.step, startedAt);
  const written = log.append(intent);
  const step = state.steps[intent.step - 1];
  await written;
  transaction.emitStep(step!, "intended");

  let output: unknown;
  try {
    output = await effect(transaction, request, intent, input, startedAt);
  } catch (error) {
    const absent = isAbsent(error, transaction, operation);
    if (absent && log.failure === undefined) {
      log.appendLazily({ type: "FAILED", at: runtime.clock.now(), step: intent.step, error: recordedError(error) });
    }
    transaction.emitStep(step!, absent ? "failed" : "unknown", { error: recordedError(error) });
    throw error;
  }
  const problem = await recordDone(transaction, operation, intent.step, output);
  transaction.emitStep(step!, "done");
  if (problem !== undefined) throw problem;
  return output;
}

function effect(
  { runtime, state }: OpenTransaction,
  { operation, unrecorded, signal }: StepRequest,
  { step, idempotencyKey, deadlineMs }: IntentRecord,
  input: unknown,
  startedAt: number,
): Promise<unknown> {
  // Counted from before the intent was sent: whoever takes over waits that long, and a margin, after its fence is durable.
  const timeoutMs = deadlineMs - (runtime.clock.monotonic() - startedAt);
  if (timeoutMs <= 0) return Promise.reject(new TooLate(state.id, step, deadlineMs));
  const { id: transaction, description } = state;
  return boundedCall<unknown>(
    (signal) =>
      operation.apply(input as never, { transaction, description, step, idempotencyKey, signal, unrecorded } as never),
    { clock: runtime.clock, timeoutMs, signal, what: `Step ${step} (${operation.name})` },
  );
}

function intentRecord(transaction: OpenTransaction, request: StepRequest, input: unknown): IntentRecord {
  const { state, runtime } = transaction;
  const { operation, name, dependsOn } = request;
  const step = state.steps.length + 1;
  return {
    type: "INTENT",
    at: runtime.clock.now(),
    step,
    operation: operation.name,
    version: operation.version,
    class: operation.class,
    name,
    input: transaction.written(input, operation.sensitive, "input", step),
    idempotencyKey: idempotencyKey(state.id, step, operation.name),
    group: request.group(),
    deadlineMs: operation.deadlineMs,
    dependsOn,
  };
}

// An output that cannot be written does not undo the effect: the step is done, and its undo will have to do without.
async function recordDone(transaction: OpenTransaction, operation: AnyOperation, step: number, output: unknown) {
  const { log, runtime } = transaction;
  const at = runtime.clock.now();
  const { written, unwritten, problem } = transaction.writtenOutput(output, operation.sensitive, step);
  const record = { type: "DONE", at, step, output: written, unwritten } as const;
  if (operation.done === "sync") await log.append(record);
  else log.appendLazily(record);
  return problem;
}

function isAbsent(error: unknown, { runtime }: OpenTransaction, { notApplied }: AnyOperation): boolean {
  if (error instanceof TooLate) return true;
  try {
    return notApplied === undefined ? provesNotApplied(error, runtime.classify) : notApplied(error);
  } catch {
    return false; // a predicate that throws proves nothing
  }
}

/** The effect was not begun: its intent was durable only after the deadline, e.g. because the process was stopped. */
class TooLate extends JournalError {
  constructor(transaction: string, step: number, deadlineMs: number) {
    super("ERR_JOURNAL_STATE", `Step ${step} was not begun: writing its intent took longer than its ${deadlineMs} ms`, {
      transaction,
      step,
    });
  }
}
