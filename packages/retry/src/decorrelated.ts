import { assertDelayMs, assertNumber, type OptionTable, readOptions } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";

export interface DecorrelatedOptions {
  /** The shortest pause, in milliseconds. Default 50. */
  readonly baseMs?: number | undefined;
  /** The longest pause, in milliseconds. Default 20,000. */
  readonly maxMs?: number | undefined;
  /** How far above the pause before the next may lie, as a multiple. ≥ 1, default 3. */
  readonly factor?: number | undefined;
}

const optionTable: OptionTable<DecorrelatedOptions> = {
  baseMs: [50, assertDelayMs],
  maxMs: [20_000],
  factor: [3, (option, value) => assertNumber(option, value, { min: 1 })],
};

/**
 * Pauses that depend on the one before: uniform in [`baseMs`, `factor · previous`), at most `maxMs`.
 *
 * @throws OptionError if an option is out of range or unknown.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("decorrelated jitter")
 */
export function decorrelated(options: DecorrelatedOptions = {}): Backoff {
  const { baseMs, maxMs, factor } = readOptions("decorrelated()", options, optionTable);
  assertDelayMs("maxMs", maxMs, { min: baseMs });
  return ({ previousMs, random }) => {
    const widest = Math.max(baseMs, previousMs) * factor;
    return Math.floor(Math.min(maxMs, baseMs + random() * (widest - baseMs)));
  };
}
