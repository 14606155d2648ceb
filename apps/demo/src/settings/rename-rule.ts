import { type PatternEntries, patternMap } from "./pattern-map.ts";

/** The name a secret gets at the destination, or `undefined` if no rule takes it: then it is not replicated. */
export type Rename = (name: string) => string | undefined;

/**
 * Patterns and templates; the entry for the very name decides, else the first pattern that matches. The template's wildcards
 * are filled, in order, with what the pattern's took: `app/*` and `team/*` make `app/db` into `team/db`.
 *
 * @throws RangeError for a template that is empty or has more wildcards than its pattern.
 */
export function renameByEntries(entries: PatternEntries<string>): Rename {
  for (const [pattern, template] of entries) {
    const wildcards = pattern.split(/\*+|\?/).length - 1;
    if (template === "") throw new RangeError(`${JSON.stringify(pattern)} has no name at the destination`);
    if (template.split("*").length - 1 > wildcards) {
      throw new RangeError(
        `${JSON.stringify(`${pattern}=${template}`)}: its template has more wildcards than its pattern`,
      );
    }
  }
  const map = patternMap(entries);
  return (name) => {
    const found = map.find(name);
    if (found === undefined) return undefined;
    const pieces = found.value.split("*");
    return pieces.map((piece, index) => piece + (pieces[index + 1] === undefined ? "" : found.taken[index])).join("");
  };
}

/**
 * Rules of the form `PATTERN=TEMPLATE`; none keeps every name.
 *
 * @throws RangeError for a rule without `=`, or whose template does not fit its pattern.
 */
export function renameByRules(rules: readonly string[]): Rename {
  if (rules.length === 0) return (name) => name;
  const entries = rules.map((rule) => {
    const equals = rule.indexOf("=");
    if (equals <= 0) throw new RangeError(`Expected --rename to be PATTERN=TEMPLATE, got ${JSON.stringify(rule)}`);
    return [rule.slice(0, equals), rule.slice(equals + 1)] as const;
  });
  try {
    return renameByEntries(entries);
  } catch (error) {
    throw new RangeError(`--rename ${(error as Error).message}`);
  }
}
