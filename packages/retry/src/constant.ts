import { assertDelayMs, type OptionTable, readOptions } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";
import { assertJitter, type Jitter, jittered } from "./jitter.ts";

export interface ConstantOptions {
  /** Every pause, in milliseconds. 0 makes no timer: the next attempt follows within microseconds. */
  readonly delayMs: number;
  /** Default `"none"`. */
  readonly jitter?: Jitter | undefined;
}

const optionTable: OptionTable<ConstantOptions> = {
  delayMs: [undefined, assertDelayMs],
  jitter: ["none", assertJitter],
};

/**
 * The same pause every time.
 *
 * @throws OptionError if an option is out of range or unknown.
 */
export function constant(options: ConstantOptions): Backoff {
  const { delayMs, jitter } = readOptions("constant()", options, optionTable);
  return ({ random }) => jittered(delayMs, jitter, random);
}
