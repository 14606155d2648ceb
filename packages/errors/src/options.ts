import { OptionError } from "./option-error.ts";

export interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Throws an {@link OptionError} unless `value` is an integer within the bounds, both included. */
export function assertInteger(option: string, value: unknown, bounds: Bounds = {}): asserts value is number {
  if (!Number.isSafeInteger(value) || !within(value as number, bounds)) {
    throw new OptionError(option, `an integer${describe(bounds)}`, value);
  }
}

/** Throws an {@link OptionError} unless `value` is a finite number within the bounds, both included. */
export function assertNumber(option: string, value: unknown, bounds: Bounds = {}): asserts value is number {
  if (!Number.isFinite(value) || !within(value as number, bounds)) {
    throw new OptionError(option, `a finite number${describe(bounds)}`, value);
  }
}

/** The longest delay a timer takes, 2^31 − 1 ms: beyond it, timers fire at once. */
export const longestDelayMs = 2_147_483_647;

/** Throws an {@link OptionError} unless `value` is a number of milliseconds that a timer can wait. */
export function assertDelayMs(option: string, value: unknown, { min = 0 }: Bounds = {}): asserts value is number {
  assertNumber(option, value, { min, max: longestDelayMs });
}

/** Throws an {@link OptionError} unless `value` is a function. */
export function assertFunction(option: string, value: unknown): void {
  if (typeof value !== "function") throw new OptionError(option, "a function", value);
}

/** Throws an {@link OptionError} unless `value` is one of the words listed. */
export function assertOneOf<Word extends string>(
  option: string,
  value: unknown,
  words: readonly Word[],
): asserts value is Word {
  if (!words.includes(value as Word)) {
    throw new OptionError(option, `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`, value);
  }
}

/**
 * Throws an {@link OptionError} unless `options` is an object, or if it sets an option that is not among `names`:
 * a name misspelt would otherwise be a default nobody asked for.
 *
 * @param of what the options are for, e.g. `retry()`
 * @param names the options there are, as keys
 */
export function assertKnownOptions<Options extends object>(
  of: string,
  options: Options,
  names: Readonly<Record<keyof Options, unknown>>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new OptionError("options", `an object with the options of ${of}`, options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(names, name) || value === undefined) continue;
    throw new OptionError(name, `left out: the options of ${of} are ${Object.keys(names).join(", ")}`, value);
  }
}

function within(value: number, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Bounds): boolean {
  return value >= min && value <= max;
}

function describe({ min, max }: Bounds): string {
  if (min === Number.MIN_VALUE && max === undefined) return " above 0";
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` ≥ ${min}`;
  return max !== undefined ? ` ≤ ${max}` : "";
}
