import { OptionError } from "./option-error.ts";

/** The longest delay a timer takes, 2^31 − 1 ms: beyond it, timers fire at once. */
export const longestDelayMs = 2_147_483_647;

/** Throws an {@link OptionError} unless `value` is an integer from `min` to `max`. */
export function assertInteger(option: string, value: unknown, min: number, max: number = longestDelayMs): void {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw new OptionError(option, `an integer from ${min} to ${max}`, value);
  }
}

/** Throws an {@link OptionError} unless `options` is an object that sets no other options than these. */
export function assertKnownOptions<Options extends object>(
  of: string,
  options: Options,
  names: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new OptionError("options", `an object with the options of ${of}`, options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(names, name) || value === undefined) continue;
    throw new OptionError(name, `left out: the options of ${of} are ${Object.keys(names).join(", ")}`, value);
  }
}

/** Throws an {@link OptionError} unless `value` is a text that `pattern` matches. */
export function assertText(option: string, value: unknown, pattern: RegExp, expected: string): void {
  if (typeof value !== "string" || !pattern.test(value)) throw new OptionError(option, expected, value);
}
