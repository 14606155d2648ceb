import { asList } from "./one-or-more.ts";
import { matchesPattern } from "./pattern.ts";

type Test = (given: string, wanted: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
  StringEquals: (given, wanted) => given === wanted,
  StringEqualsIgnoreCase: (given, wanted) => given.toLowerCase() === wanted.toLowerCase(),
  StringLike: (given, wanted) => matchesPattern(wanted, given),
  ArnEquals: (given, wanted) => matchesPattern(wanted, given),
  ArnLike: (given, wanted) => matchesPattern(wanted, given),
  Bool: (given, wanted) => given.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (given, wanted) => Number(given) === Number(wanted),
  NumericLessThan: (given, wanted) => Number(given) < Number(wanted),
  NumericLessThanEquals: (given, wanted) => Number(given) <= Number(wanted),
  NumericGreaterThan: (given, wanted) => Number(given) > Number(wanted),
  NumericGreaterThanEquals: (given, wanted) => Number(given) >= Number(wanted),
};

const negations: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
};

type Conditions = Readonly<
  Record<string, Readonly<Record<string, string | boolean | number | readonly (string | boolean | number)[]>>>
>;

/** The operators understood; a policy with another is refused when it is made. */
export function unknownOperators(conditions: Conditions): readonly string[] {
  return Object.keys(conditions).filter((operator) => {
    const name = baseOf(operator);
    return name !== "Null" && tests[name] === undefined && negations[name] === undefined;
  });
}

/** Whether every condition holds in a context of lower-case keys. A missing key fails all but the negated and `…IfExists`. */
export function conditionsHold(conditions: Conditions, context: Readonly<Record<string, string>>): boolean {
  return Object.entries(conditions).every(([operator, wantedByKey]) =>
    Object.entries(wantedByKey).every(([key, wanted]) =>
      holds(operator, context[key.toLowerCase()], asList(wanted).map(String)),
    ),
  );
}

function holds(operator: string, given: string | undefined, wanted: readonly string[]): boolean {
  const name = baseOf(operator);
  if (name === "Null") return wanted.includes(String(given === undefined));
  const positive = negations[name];
  if (given === undefined) return positive !== undefined || operator.endsWith("IfExists");
  const test = tests[positive ?? name];
  if (test === undefined) return false;
  const met = wanted.some((value) => test(given, value));
  return positive === undefined ? met : !met;
}

function baseOf(operator: string): string {
  return operator.replace(/^ForA(?:ny|ll)Values?:/, "").replace(/IfExists$/, "");
}
