import { OutOfTimeError, runBounded } from "./run-bounded.ts";
import type { Transform } from "./transform.ts";
import { TransformError } from "./transform-error.ts";
import { expandVariables, splitAtVariables, type Variables, variableValue } from "./variables.ts";

export interface SedOptions {
  /** How long one command may work on one secret, in milliseconds: a pattern that backtracks for ever is stopped. Default 500. */
  readonly commandTimeoutMs?: number | undefined;
}

interface Command {
  readonly line: number;
  /** The pattern, its variables not yet expanded. */
  readonly source: string;
  readonly flags: string;
  /** `undefined` deletes the lines that match. */
  readonly replacement: readonly Piece[] | undefined;
  readonly everyMatch: boolean;
  /** `s` with flag `m` or `s` works on the whole text, otherwise on each line, as sed does. */
  readonly wholeText: boolean;
}

/** Literal text, the number of a group (0: the whole match), or the name of a variable. */
type Piece = string | number | { readonly variable: string };

/**
 * A sed script as a transform: `s` with any delimiter and the flags `g i m s`, `/pattern/d`, comments and blank lines.
 * Patterns are JavaScript's; replacements know `&`, `\1` to `\9`, `\n`, `\t`. `${NAME}` stands for a variable's text
 * itself, whatever that holds: no delimiter in it ends a command, and nothing in it is a pattern.
 *
 * @throws TransformError naming the line, for anything else in the script; while transforming, for a pattern that
 * takes longer than `commandTimeoutMs`, and for a variable that is not defined.
 */
export function parseSedScript(script: string, { commandTimeoutMs = 500 }: SedOptions = {}): Transform {
  const commands = script
    .split("\n")
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"))
    .map(({ text, line }) => (text.startsWith("s") ? parseSubstitution(text, line) : parseDeletion(text, line)));
  return {
    rules: commands.length,
    mode: "sed",
    apply: (text, variables) =>
      commands.reduce((changed, command) => apply(changed, command, variables, commandTimeoutMs), text),
  };
}

function parseSubstitution(text: string, line: number): Command {
  const delimiter = text[1];
  if (delimiter === undefined || /[\w\s\\]/.test(delimiter))
    throw new TransformError("`s` needs a delimiter, as in s/a/b/", line);
  const [pattern, replacement, flags, ...rest] = splitBy(text.slice(2), delimiter);
  if (replacement === undefined || flags === undefined || rest.length > 0) {
    throw new TransformError(`expected s${delimiter}pattern${delimiter}replacement${delimiter}flags`, line);
  }
  const unknown = [...flags].find((flag) => !"gims".includes(flag));
  if (unknown !== undefined)
    throw new TransformError(`unknown flag ${JSON.stringify(unknown)}; there are g, i, m, s`, line);
  return {
    line,
    ...compile(pattern ?? "", [...new Set(flags)].filter((flag) => flag !== "g").join(""), line),
    replacement: parseReplacement(replacement, delimiter),
    everyMatch: flags.includes("g"),
    wholeText: /[ms]/.test(flags),
  };
}

function parseDeletion(text: string, line: number): Command {
  const match = /^\/(.*)\/(i?)d$/.exec(text);
  if (match === null) throw new TransformError("expected s/pattern/replacement/flags or /pattern/d", line);
  const [, pattern = "", flags = ""] = match;
  return { line, ...compile(pattern, flags, line), replacement: undefined, everyMatch: true, wholeText: false };
}

function compile(source: string, flags: string, line: number): { readonly source: string; readonly flags: string } {
  if (source === "") throw new TransformError("the pattern is empty", line);
  try {
    new RegExp(source.replace(/\$\{\w+\}/g, "x"), flags);
  } catch (cause) {
    throw new TransformError(`the pattern is not a regular expression: ${(cause as Error).message}`, line, { cause });
  }
  return { source, flags };
}

/** Splits at each delimiter that no backslash escapes. Escapes stay: an escaped delimiter is itself, in a pattern too. */
function splitBy(text: string, delimiter: string): string[] {
  const parts = [""];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (character === "\\" && index + 1 < text.length) {
      index += 1;
      parts[parts.length - 1] += `\\${text[index]}`;
    } else if (character === delimiter) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function parseReplacement(text: string, delimiter: string): Piece[] {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "&": "&", "\\": "\\", [delimiter]: delimiter };
  return [...text.matchAll(/\\(.)|(&)|([^\\&]+)|\\$/gs)].flatMap(([, escaped, whole, literal]): Piece[] => {
    if (whole !== undefined) return [0];
    if (literal !== undefined) return splitAtVariables(literal).map((part) => ("text" in part ? part.text : part));
    if (escaped !== undefined && /[1-9]/.test(escaped)) return [Number(escaped)];
    return [escaped === undefined ? "\\" : (escapes[escaped] ?? escaped)];
  });
}

function apply(text: string, command: Command, variables: Variables, timeoutMs: number): string {
  const { line, flags, everyMatch, wholeText } = command;
  const source = expandVariables(
    command.source,
    variables,
    (value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
    line,
  );
  const replacement = command.replacement?.map((piece) =>
    typeof piece === "object" ? variableValue(piece.variable, variables, line) : piece,
  );
  const expression = (extra: string) => new RegExp(source, flags + extra);
  const fill = (...match: readonly unknown[]) =>
    replacement?.map((piece) => (typeof piece === "string" ? piece : String(match[piece] ?? ""))).join("") ?? "";
  const onLine = (one: string) => one.replace(expression(everyMatch ? "g" : ""), fill);
  const work = () => {
    if (replacement === undefined)
      return text
        .split("\n")
        .filter((one) => !expression("").test(one))
        .join("\n");
    return wholeText ? onLine(text) : text.split("\n").map(onLine).join("\n");
  };
  try {
    return runBounded(work, timeoutMs);
  } catch (cause) {
    if (!(cause instanceof OutOfTimeError)) throw cause;
    throw new TransformError(`the pattern takes longer than ${timeoutMs} ms; make it less ambiguous`, line, {
      cause,
    });
  }
}
