import { assertDelayMs, assertInteger, assertKnownOptions } from "./options.ts";

/** Throws an `OptionError` unless the value is what the option may be. */
export type Check = (option: string, value: unknown) => void;

/** Of each option: what it is where it is left out, `undefined` for one that may not be, and what it may be. */
export type OptionTable<Options> = {
  readonly [Name in keyof Options]-?: readonly [byDefault: Default<Options[Name]>, check?: Check];
};

type Default<Value> = undefined extends Value ? Exclude<Value, undefined> : undefined;

/** All options: none is left out. */
export type Settings<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/**
 * The options, completed and checked.
 *
 * @param of what they are for, e.g. `bulkhead()`
 * @throws OptionError if one is wrong, or not in the table.
 */
export function readOptions<Options extends object>(
  of: string,
  options: Options,
  table: OptionTable<Options>,
): Settings<Options> {
  assertKnownOptions<object>(of, options, table);
  const settings: { [option: string]: unknown } = { ...(options as object) };
  for (const [name, [byDefault, check]] of Object.entries<readonly [unknown, Check?]>(table)) {
    if (settings[name] === undefined) settings[name] = byDefault;
    check?.(name, settings[name]);
  }
  return settings as Settings<Options>;
}

/** An integer ≥ 1. */
export const atLeastOne: Check = (option, value) => assertInteger(option, value, { min: 1 });

/** An integer ≥ 0, or `Infinity`. */
export const countOrInfinity: Check = (option, value) => {
  if (value !== Infinity) assertInteger(option, value, { min: 0 });
};

/** A number of milliseconds that a timer can wait, or `Infinity`. */
export const delayOrInfinity: Check = (option, value) => {
  if (value !== Infinity) assertDelayMs(option, value);
};
