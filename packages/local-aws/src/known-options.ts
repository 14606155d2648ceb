import { OptionError } from "./option-error.ts";

/** The names that options may have, in a shape that the compiler holds complete: `KnownOptions<keyof Options>`. */
export type KnownOptions<Name extends PropertyKey> = Readonly<Record<Name, true>>;

/**
 * Throws an {@link OptionError} if `options` sets one that is not known: what is misspelt would be passed over, and a
 * rule without its condition holds for everything.
 *
 * @param of What the options are for, in words, e.g. `a responder`.
 */
export function assertKnownOptions(of: string, options: object, known: Readonly<Record<string, true>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(known, name) || value === undefined) continue;
    throw new OptionError(name, `left out: the options of ${of} are ${Object.keys(known).join(", ")}`, value);
  }
}
