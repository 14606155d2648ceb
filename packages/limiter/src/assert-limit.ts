import { assertDelayMs, assertInteger } from "@holdfast/errors/policy";

/** Throws an `OptionError` unless `value` is an integer ≥ 0, or `Infinity`. */
export function assertLimit(option: string, value: unknown): asserts value is number {
  if (value !== Number.POSITIVE_INFINITY) assertInteger(option, value, { min: 0 });
}

/** Throws an `OptionError` unless `value` is a number of milliseconds a timer can wait, or `Infinity`. */
export function assertWaitMs(option: string, value: unknown): asserts value is number {
  if (value !== Number.POSITIVE_INFINITY) assertDelayMs(option, value);
}
