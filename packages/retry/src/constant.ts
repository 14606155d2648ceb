import { assertDelayMs } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";
import { assertJitter, type Jitter, jittered } from "./jitter.ts";

export interface ConstantOptions {
  /** Every pause, in milliseconds. 0 makes no timer: the next attempt follows within microseconds. */
  readonly delayMs: number;
  /** Default `"none"`. */
  readonly jitter?: Jitter | undefined;
}

/**
 * The same pause every time.
 *
 * @throws OptionError if an option is out of range.
 */
export function constant({ delayMs, jitter = "none" }: ConstantOptions): Backoff {
  assertDelayMs("delayMs", delayMs);
  assertJitter(jitter);
  return ({ random }) => jittered(delayMs, jitter, random);
}
