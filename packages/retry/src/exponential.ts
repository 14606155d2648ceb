import { assertDelayMs, assertKnownOptions, assertNumber } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";
import { assertJitter, type Jitter, jittered } from "./jitter.ts";

export interface ExponentialOptions {
  /** The first pause before jitter, in milliseconds. Default 50, as in the AWS SDK. */
  readonly baseMs?: number | undefined;
  /** The first pause after throttling, in milliseconds. Default: `baseMs` if you gave one, else 1,000, as in the AWS SDK. */
  readonly throttlingBaseMs?: number | undefined;
  /** The longest pause before jitter, in milliseconds; not below a first pause you gave. Default 20,000, as in the AWS SDK. */
  readonly maxMs?: number | undefined;
  /** What each pause is multiplied by for the next. ≥ 1, default 2. */
  readonly factor?: number | undefined;
  /** Default `"full"`. */
  readonly jitter?: Jitter | undefined;
}

const optionNames = { baseMs: 0, throttlingBaseMs: 0, maxMs: 0, factor: 0, jitter: 0 };

/**
 * Pauses that grow by a factor: the nth is `min(maxMs, baseMs · factor^(n−1))`, then spread by the jitter.
 *
 * @throws OptionError if an option is out of range or unknown.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function exponential(options: ExponentialOptions = {}): Backoff {
  assertKnownOptions("exponential()", options, optionNames);
  const { baseMs, throttlingBaseMs, maxMs = 20_000, factor = 2, jitter = "full" } = options;
  const transientBaseMs = baseMs ?? 50;
  const throttledBaseMs = throttlingBaseMs ?? baseMs ?? 1_000;
  assertDelayMs("baseMs", transientBaseMs);
  assertDelayMs("throttlingBaseMs", throttledBaseMs);
  assertDelayMs("maxMs", maxMs, { min: Math.max(baseMs ?? 0, throttlingBaseMs ?? 0) });
  assertNumber("factor", factor, { min: 1 });
  assertJitter("jitter", jitter);
  return ({ retry, throttling, random }) => {
    const base = throttling ? throttledBaseMs : transientBaseMs;
    const pauseMs = base * factor ** (retry - 1) || 0; // 0 · ∞ is no number
    return jittered(Math.min(maxMs, pauseMs), jitter, random);
  };
}
