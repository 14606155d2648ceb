import { boundedCall } from "../bounded-call.ts";
import type { ProbeResult } from "../define-operation.ts";
import type { OpenTransaction } from "../open-transaction.ts";
import { pause } from "../pause.ts";
import type { ProbedRecord } from "../protocol/record.ts";
import type { StepState } from "../protocol/step-state.ts";
import type { ReadableStep } from "../read-step.ts";
import { backoffMs } from "./backoff.ts";

// A look is not an effect: that one must end soon says nothing of how long a slow answer may take.
const leastProbeMs = 10_000;

export interface SettleOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which an absent effect is looked for once more: a request may have been held up on its way. */
  readonly reprobeAfterMs?: number | undefined;
}

/** Waits until the effects of all unknown steps are surely over, then finds out about each. */
export async function settle(transaction: OpenTransaction, options: SettleOptions): Promise<void> {
  await Promise.all([...transaction.state.unknownSteps].map((step) => settleStep(transaction, step, options)));
  await transaction.log.flush();
}

/** Waits until an unknown step's effect is surely over, looks for it, and records what was found. */
export async function settleStep(transaction: OpenTransaction, step: StepState, options: SettleOptions): Promise<void> {
  const { clock } = transaction.runtime;
  await pause(clock, transaction.settledAt(step) - clock.monotonic(), options.signal);
  const found = await look(transaction, step, options);
  transaction.log.appendLazily(found);
  transaction.emitStep(step, "probed", { result: found.result });
}

async function look(transaction: OpenTransaction, step: StepState, options: SettleOptions): Promise<ProbedRecord> {
  const { intent } = step;
  const at = () => transaction.runtime.clock.now();
  const probed = (result: ProbedRecord["result"], evidence: string): ProbedRecord => ({
    type: "PROBED",
    at: at(),
    step: intent.step,
    result,
    evidence,
  });
  const readable = transaction.read(step);
  if ("unreadable" in readable) return probed("unknown", readable.unreadable);
  const { operation } = readable;
  if (operation.probe === undefined) {
    return intent.class === "none-needed" ? probed("absent", "needs no undo") : probed("unknown", "no probe");
  }
  const found = await probeTwiceIfAbsent(transaction, step, readable, options);
  if (found.state !== "applied") return probed(found.state, found.evidence ?? "probe");
  const { written, unwritten } = transaction.writtenOutput(found.output, operation.sensitive, intent.step);
  const evidence = found.evidence ?? "probe";
  if (unwritten !== undefined) return probed("applied", `${evidence}; its output is not recorded: ${unwritten}`);
  return { ...probed("applied", evidence), output: written };
}

// Reads may lag behind writes: an effect is absent only if it still is when every earlier write must show.
async function probeTwiceIfAbsent(
  transaction: OpenTransaction,
  step: StepState,
  readable: ReadableStep,
  { signal, reprobeAfterMs = 0 }: SettleOptions,
): Promise<ProbeResult<unknown>> {
  const windowMs = Math.max(readable.operation.consistencyMs, reprobeAfterMs);
  const first = await probe(transaction, step, readable, signal);
  if (first.state !== "absent" || windowMs === 0) return first;
  await pause(transaction.runtime.clock, windowMs, signal);
  const second = await probe(transaction, step, readable, signal);
  const evidence = `${second.evidence ?? "probe"}, after ${first.evidence ?? "absent"} ${windowMs} ms before`;
  return { ...second, evidence };
}

/** Asks the operation's probe, again and again as an undo is tried; `unknown` when it keeps failing. */
export async function probe(
  { runtime, state }: OpenTransaction,
  { intent }: StepState,
  { operation, input }: ReadableStep,
  signal: AbortSignal | undefined,
): Promise<ProbeResult<unknown>> {
  const { clock, undo } = runtime;
  const { step, idempotencyKey, deadlineMs } = intent;
  const facts = { transaction: state.id, description: state.description, step, idempotencyKey };
  for (let attempt = 1; ; attempt++) {
    try {
      return await boundedCall((own) => operation.probe!(input, { ...facts, signal: own }), {
        clock,
        timeoutMs: Math.max(deadlineMs, leastProbeMs),
        signal,
        what: `The probe of step ${step} (${operation.name})`,
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (attempt >= undo.maxAttempts) return { state: "unknown", evidence: `the probe failed ${attempt} times` };
      await pause(clock, backoffMs(runtime, attempt, runtime.classify(error).retryAfterMs), signal);
    }
  }
}
