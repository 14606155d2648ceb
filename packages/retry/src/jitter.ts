import { assertNumber, assertOneOf } from "@holdfast/errors/policy";

/**
 * How chance spreads the retries of many clients:
 *
 * - `"none"`: not at all; clients that failed together come back together.
 * - `"full"`: uniform in [0, pause). The fewest calls under contention.
 * - `"equal"`: uniform in [pause / 2, pause). Never comes back at once.
 * - a ratio r from 0 to 1: uniform within ± r · pause.
 */
export type Jitter = "none" | "full" | "equal" | number;

/** @throws OptionError unless `jitter` is one of the words, or a number from 0 to 1. */
export function assertJitter(option: string, jitter: unknown): asserts jitter is Jitter {
  if (typeof jitter === "number") assertNumber(option, jitter, { min: 0, max: 1 });
  else assertOneOf(option, jitter, ["none", "full", "equal"]);
}

/** The pause, spread, in whole milliseconds, rounded down as the AWS SDK does. Draws one random number, or none. */
export function jittered(pauseMs: number, jitter: Jitter, random: () => number): number {
  if (jitter === "none") return pauseMs;
  if (jitter === "full") return Math.floor(random() * pauseMs);
  if (jitter === "equal") return Math.floor(pauseMs / 2 + (random() * pauseMs) / 2);
  return Math.floor(pauseMs * (1 + jitter * (2 * random() - 1)));
}
