import { assertKnownOptions } from "@holdfast/errors/policy";
import type { Backoff } from "./backoff.ts";
import { linear } from "./linear.ts";

export interface JitteredLinearOptions {
  /** How much the window grows with each retry, in milliseconds. Default 100. */
  readonly stepMs?: number | undefined;
  /** The widest window, in milliseconds. Default 20,000. */
  readonly maxMs?: number | undefined;
}

/**
 * Uniform in [0, `min(maxMs, stepMs · n)`): for many clients that contend for one thing and each need it once,
 * such as an optimistic lock. From about 50 contenders up it takes less time and fewer calls than full jitter
 * over an exponential window; with ten it takes longer. It backs off too slowly for a service in distress:
 * use it where a limiter or a retry budget stands behind it. (`bench/retry/fleet.bench.ts` has the figures.)
 *
 * @throws OptionError if an option is out of range or unknown.
 */
export function jitteredLinear(options: JitteredLinearOptions = {}): Backoff {
  assertKnownOptions("jitteredLinear()", options, { stepMs: 0, maxMs: 0 });
  const { stepMs = 100, maxMs } = options;
  return linear({ stepMs, maxMs });
}
