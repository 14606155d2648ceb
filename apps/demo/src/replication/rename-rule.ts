import { compileGlob } from "./glob.ts";

/** The name a secret gets at the destination, or `undefined` if no rule takes it: then it is not replicated. */
export type Rename = (name: string) => string | undefined;

/**
 * Rules of the form `PATTERN=TEMPLATE`; the first whose pattern matches decides. The template's wildcards are
 * filled, in order, with what the pattern's took: `app/*=team/*` makes `app/db` into `team/db`.
 *
 * @throws RangeError for a rule without `=`, or whose template has more wildcards than its pattern.
 */
export function renameByRules(rules: readonly string[]): Rename {
  if (rules.length === 0) return (name) => name;
  const compiled = rules.map(compileRule);
  return (name) => {
    for (const { match, fill } of compiled) {
      const taken = match(name);
      if (taken !== undefined) return fill(taken);
    }
    return undefined;
  };
}

function compileRule(rule: string) {
  const equals = rule.indexOf("=");
  if (equals <= 0) throw new RangeError(`Expected --rename to be PATTERN=TEMPLATE, got ${JSON.stringify(rule)}`);
  const pattern = rule.slice(0, equals);
  const pieces = rule.slice(equals + 1).split("*");
  const wildcards = pattern.split(/\*+|\?/).length - 1;
  if (pieces.length - 1 > wildcards) {
    throw new RangeError(`--rename ${JSON.stringify(rule)}: its template has more wildcards than its pattern`);
  }
  const fill = (taken: readonly string[]) =>
    pieces.map((piece, index) => piece + (pieces[index + 1] === undefined ? "" : taken[index])).join("");
  return { match: compileGlob(pattern), fill };
}
