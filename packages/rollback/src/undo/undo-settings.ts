import type { Classification } from "@holdfast/errors";
import { assertDelayMs, assertFunction, assertInteger, assertKnownOptions } from "@holdfast/errors/policy";
import type { RecordedStepFacts } from "./step-facts.ts";

/** An attempt to undo that failed. */
export interface UndoFailure extends RecordedStepFacts {
  /** From 1, crashes included. */
  readonly attempt: number;
  readonly error: unknown;
  readonly classification: Classification;
}

/** What to do about a failed undo: try again (within `maxAttempts`), leave it to a person, or give the step up. */
export type UndoAdvice = "retry" | "park" | "skip";

export interface UndoOptions {
  /** Attempts to undo one step, crashes included, before it is parked. Integer ≥ 1. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** The longest pause before the second attempt, in milliseconds; it doubles with each. Default 200. */
  readonly baseMs?: number | undefined;
  /** The longest pause of all, in milliseconds. Default 20,000. */
  readonly maxMs?: number | undefined;
  /** Steps of one group undone at a time. Default 16. */
  readonly maxParallel?: number | undefined;
  /** Of those, in one scope of their operation, e.g. an account. Default 4. */
  readonly maxParallelPerScope?: number | undefined;
  /** A rule per kind of error and per operation; `undefined` leaves it to the default. A step it skips is recorded as its decision. */
  readonly advise?: ((failure: UndoFailure) => UndoAdvice | undefined) | undefined;
}

/** {@link UndoOptions}, checked, with their defaults. */
export interface UndoSettings {
  readonly maxAttempts: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly maxParallel: number;
  readonly maxParallelPerScope: number;
  readonly advise: UndoOptions["advise"];
}

const optionNames: Readonly<Record<keyof UndoOptions, 0>> = {
  maxAttempts: 0,
  baseMs: 0,
  maxMs: 0,
  maxParallel: 0,
  maxParallelPerScope: 0,
  advise: 0,
};

export function undoSettings(options: UndoOptions = {}): UndoSettings {
  assertKnownOptions("undo", options, optionNames);
  const { maxAttempts = 5, baseMs = 200, maxMs = 20_000, maxParallel = 16, maxParallelPerScope = 4, advise } = options;
  assertInteger("undo.maxAttempts", maxAttempts, { min: 1 });
  assertDelayMs("undo.baseMs", baseMs);
  assertDelayMs("undo.maxMs", maxMs);
  assertInteger("undo.maxParallel", maxParallel, { min: 1 });
  assertInteger("undo.maxParallelPerScope", maxParallelPerScope, { min: 1 });
  if (advise !== undefined) assertFunction("undo.advise", advise);
  return { maxAttempts, baseMs, maxMs, maxParallel, maxParallelPerScope, advise };
}
