import { JsonTextError, readJsonText } from "../transforms/json-text.ts";
import { compileGlob } from "./glob.ts";
import { SettingsError } from "./settings-error.ts";

/** What a map says of a name: its entry's value and what the wildcards took. */
export interface PatternMatch<Value> {
  readonly value: Value;
  readonly pattern: string;
  readonly taken: readonly string[];
}

export interface PatternMap<Value> {
  /** The entry for this very name, else the first pattern, in the order of the file, that matches it. */
  find(name: string): PatternMatch<Value> | undefined;
}

/** Entries of a JSON object, in the order of the text, whose names are patterns. */
export type PatternEntries<Value> = readonly (readonly [pattern: string, value: Value])[];

export function patternMap<Value>(entries: PatternEntries<Value>): PatternMap<Value> {
  const exact = new Map(entries);
  const globs = entries
    .filter(([pattern]) => /[*?]/.test(pattern))
    .map(([pattern, value]) => ({ pattern, value, match: compileGlob(pattern) }));
  return {
    find(name) {
      if (exact.has(name)) return { value: exact.get(name)!, pattern: name, taken: [] };
      for (const { pattern, value, match } of globs) {
        const taken = match(name);
        if (taken !== undefined) return { value, pattern, taken };
      }
      return undefined;
    },
  };
}

/**
 * Reads a JSON object whose values are texts, or null where `nullable`. The order is the text's own: JSON.parse would put
 * names that look like numbers first.
 *
 * @throws SettingsError naming what is wrong, and no value.
 */
export function readPatternEntries(text: string, where: string, nullable: boolean): PatternEntries<string | null> {
  const todo = `Write ${where} as a JSON object of patterns and ${nullable ? "transformations, or null for none" : "names"}`;
  try {
    const root = readJsonText(text);
    if (root.kind !== "object") throw new SettingsError(`${where} is no JSON object`, todo);
    return root.members.map(({ key, value }) => {
      const written = JSON.parse(text.slice(value.start, value.end)) as unknown;
      if (typeof written === "string" || (nullable && written === null)) return [key, written as string | null];
      throw new SettingsError(
        `${where}: expected ${JSON.stringify(key)} to have a text${nullable ? " or null" : ""}`,
        todo,
      );
    });
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new SettingsError(`${where} is ${error.message}`, todo);
  }
}
