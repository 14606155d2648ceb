import { assertDelayMs, type OptionTable, readOptions } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";
import { assertJitter, type Jitter, jittered } from "./jitter.ts";

export interface LinearOptions {
  /** What each pause is longer than the one before, in milliseconds. Default 1,000. */
  readonly stepMs?: number | undefined;
  /** The longest pause before jitter, in milliseconds. Default 20,000. */
  readonly maxMs?: number | undefined;
  /** Default `"full"`. */
  readonly jitter?: Jitter | undefined;
}

const optionTable: OptionTable<LinearOptions> = {
  stepMs: [1_000, assertDelayMs],
  maxMs: [20_000, assertDelayMs],
  jitter: ["full", assertJitter],
};

/**
 * Pauses that grow by a step: the nth is `min(maxMs, stepMs · n)`, then spread by the jitter.
 *
 * @throws OptionError if an option is out of range or unknown.
 */
export function linear(options: LinearOptions = {}): Backoff {
  const { stepMs, maxMs, jitter } = readOptions("linear()", options, optionTable);
  return ({ retry, random }) => jittered(Math.min(maxMs, stepMs * retry), jitter, random);
}
