import { OptionError } from "./option-error.ts";

/** The longest delay a timer takes, 2^31 − 1 ms: beyond it, timers fire at once. */
const longestDelayMs = 2_147_483_647;

/** Throws an {@link OptionError} unless `right`. */
export function assertOption(right: boolean, option: string, expected: string, got: unknown): void {
  if (!right) throw new OptionError(option, expected, got);
}

/** Throws an {@link OptionError} unless `value` is an integer from `min` to `max`. */
export function assertInteger(option: string, value: unknown, min: number, max: number = longestDelayMs): void {
  const right = Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  assertOption(right, option, `an integer from ${min} to ${max}`, value);
}

/** Throws an {@link OptionError} unless `value` is a text that `pattern` matches. */
export function assertText(option: string, value: unknown, pattern: RegExp, expected: string): void {
  assertOption(typeof value === "string" && pattern.test(value), option, expected, value);
}

/** Throws an {@link OptionError} unless `options` is an object that sets no other options than these. */
export function assertKnownOptions<Options extends object>(
  of: string,
  options: Options,
  names: Readonly<Record<keyof Options, unknown>>,
): void {
  assertOption(Object(options) === options, "options", `those of ${of}`, options);
  const expected = `left out: the options of ${of} are ${Object.keys(names).join(", ")}`;
  for (const [name, value] of Object.entries(options)) {
    assertOption(value === undefined || Object.hasOwn(names, name), name, expected, value);
  }
}
