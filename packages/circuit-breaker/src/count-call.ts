import type { CallContext } from "@holdfast/errors/policy";
import { isFailedResult, judgeError } from "./call-judge.ts";
import type { CircuitMachine } from "./circuit-machine.ts";
import { failedResult, plainSuccess, slowSuccess } from "./outcome.ts";
import { type Pass, uncounted } from "./pass.ts";

/** When a call begins that is made now, in milliseconds; `undefined` where nobody wants to know how long it takes. */
export function startOf({ settings, events }: CircuitMachine): number | undefined {
  return settings.slowCallMs !== undefined || events.tellsCalls ? settings.clock.monotonic() : undefined;
}

/** Counts a call that returned a value. */
export function countValue(
  machine: CircuitMachine,
  pass: Pass,
  context: CallContext,
  startedAtMs: number | undefined,
  value: unknown,
): void {
  const isPlain = startedAtMs === undefined && !machine.settings.judgesResults && !context.aborted;
  if (isPlain) machine.succeeded(pass, context.call);
  else judgeValue(machine, pass, context, startedAtMs, value);
}

function judgeValue(
  machine: CircuitMachine,
  pass: Pass,
  context: CallContext,
  startedAtMs: number | undefined,
  value: unknown,
): void {
  const { settings, events } = machine;
  const duration = since(machine, startedAtMs);
  const failed = isFailedResult(settings, value);
  const slow = isSlow(machine, duration);
  const outcome = failed ? failedResult(slow) : slow ? slowSuccess : plainSuccess;
  if (!context.aborted) machine.settle(pass, outcome, context.call);
  if (!events.tellsCalls) return;
  if (failed) events.emitFailure({ duration, handled: true, reason: { value } });
  else events.emitSuccess({ duration });
}

/** Counts a call that failed. */
export function countError(
  machine: CircuitMachine,
  pass: Pass,
  context: CallContext,
  startedAtMs: number | undefined,
  error: unknown,
): void {
  const { settings, events } = machine;
  if (pass === uncounted && !events.tellsCalls) return;
  const duration = since(machine, startedAtMs);
  const judgement = judgeError(settings, error, context);
  if (!context.aborted) machine.settle(pass, { ...judgement, slow: isSlow(machine, duration), error }, context.call);
  if (!events.tellsCalls) return;
  events.emitFailure({ duration, handled: judgement.verdict === "failure", reason: { error } });
}

function since({ settings }: CircuitMachine, startedAtMs: number | undefined): number {
  return startedAtMs === undefined ? 0 : settings.clock.monotonic() - startedAtMs;
}

function isSlow({ settings }: CircuitMachine, durationMs: number): boolean {
  return settings.slowCallMs !== undefined && durationMs > settings.slowCallMs;
}
