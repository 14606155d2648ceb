import { TransformError } from "./transform-error.ts";

/** What `${NAME}` stands for in a transform, by name. */
export type Variables = Readonly<Record<string, string>>;

/** `\\${NAME}` is no reference: the backslash is the pattern's own escape. */
const reference = /(?<!\\)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** @throws TransformError for a name that has no value: it lists the names that have one. */
export function variableValue(name: string, variables: Variables, line?: number): string {
  if (Object.hasOwn(variables, name)) return variables[name]!;
  const known = Object.keys(variables).toSorted();
  throw new TransformError(
    `\${${name}} is not defined; there are ${known.map((one) => `\${${one}}`).join(", ") || "no variables"}`,
    line,
  );
}

/** Replaces every `${NAME}` in a text by what `write` makes of its value. */
export function expandVariables(
  text: string,
  variables: Variables,
  write: (value: string) => string = (value) => value,
  line?: number,
): string {
  return text.replace(reference, (_, name: string) => write(variableValue(name, variables, line)));
}

/** A text as literals and names of variables, in order. */
export function splitAtVariables(text: string): readonly ({ readonly text: string } | { readonly variable: string })[] {
  return text.split(reference).map((part, index) => (index % 2 === 0 ? { text: part } : { variable: part }));
}
