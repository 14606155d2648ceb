import { assertDelayMs } from "@holdfast/errors/policy";
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

/**
 * Pauses that grow by a step: the nth is `min(maxMs, stepMs · n)`, then spread by the jitter.
 *
 * @throws OptionError if an option is out of range.
 */
export function linear({ stepMs = 1_000, maxMs = 20_000, jitter = "full" }: LinearOptions = {}): Backoff {
  assertDelayMs("stepMs", stepMs);
  assertDelayMs("maxMs", maxMs);
  assertJitter(jitter);
  return ({ retry, random }) => jittered(Math.min(maxMs, stepMs * retry), jitter, random);
}
