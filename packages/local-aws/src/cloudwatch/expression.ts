import { cloudWatchError } from "./cloudwatch-error.ts";
import { type ExpressionNode, parseExpression } from "./expression-parser.ts";
import type { ValueByStart } from "./periods.ts";

/** A number, or a series of them. */
export type Operand = number | ValueByStart;

type Value = Operand | readonly ValueByStart[];

/**
 * Works out a metric math expression: arithmetic, comparisons (1 or 0), IF, FILL, ABS, CEIL, FLOOR,
 * SUM, AVG, MIN and MAX over one series (a number) or a list of series (a series), and METRICS().
 * Series meet where both have a value.
 */
export function evaluateExpression(
  expression: string,
  operand: (id: string) => Operand,
  ids: readonly string[],
): Operand {
  const result = evaluate(parseExpression(expression), operand, ids);
  if (!isList(result)) return result;
  throw invalid(`The expression ${expression} is a list; use SUM, AVG, MIN or MAX to make one series of it.`);
}

function evaluate(node: ExpressionNode, operand: (id: string) => Operand, ids: readonly string[]): Value {
  switch (node.kind) {
    case "number":
      return node.value;
    case "id":
      return operand(node.id);
    case "list":
      return node.members.map((member) => series(evaluate(member, operand, ids)));
    case "operation":
      return combine(
        single(evaluate(node.left, operand, ids)),
        single(evaluate(node.right, operand, ids)),
        operators[node.operator]!,
      );
    case "call":
      if (node.name === "METRICS") return ids.map((id) => series(operand(id)));
      return call(
        node.name,
        node.members.map((member) => evaluate(member, operand, ids)),
      );
  }
}

type Binary = (left: number, right: number) => number;

const operators: Readonly<Record<string, Binary>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
};

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const maps: Readonly<Record<string, (value: number) => number>> = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor };

function call(name: string, values: readonly Value[]): Value {
  const [first, second, third] = values;
  const fold = folds[name];
  if (fold !== undefined && first !== undefined)
    return isList(first) ? foldAcross(first, fold) : fold([...series(first).values()]);
  const map = maps[name];
  if (map !== undefined && first !== undefined) return combine(single(first), 0, map);
  if (name === "FILL" && first !== undefined && typeof second === "number") return fill(series(first), second);
  if (name === "IF" && first !== undefined && second !== undefined)
    return choose(single(first), single(second), third === undefined ? undefined : single(third));
  throw invalid(`The function ${name} with ${values.length} arguments is not known here.`);
}

function combine(left: Operand, right: Operand, operator: Binary): Operand {
  if (typeof left === "number" && typeof right === "number") return operator(left, right);
  const result = new Map<number, number>();
  for (const start of startsOf(left, right)) {
    const [one, other] = [at(left, start), at(right, start)];
    if (one === undefined || other === undefined) continue;
    const value = operator(one, other);
    if (Number.isFinite(value)) result.set(start, value); // CloudWatch drops a division by zero
  }
  return result;
}

function choose(condition: Operand, yes: Operand, no: Operand | undefined): Operand {
  if (typeof condition === "number") return condition !== 0 ? yes : (no ?? new Map());
  const result = new Map<number, number>();
  for (const [start, met] of condition) {
    const value = met !== 0 ? at(yes, start) : no === undefined ? undefined : at(no, start);
    if (value !== undefined) result.set(start, value);
  }
  return result;
}

// The periods to fill are those between the first and the last that have data, at the smallest step seen.
function fill(values: ValueByStart, filler: number): ValueByStart {
  const starts = [...values.keys()];
  const steps = starts.slice(1).map((start, index) => start - starts[index]!);
  const step = Math.min(...steps);
  if (!Number.isFinite(step)) return values;
  const result = new Map<number, number>();
  for (let start = starts[0]!; start <= starts.at(-1)!; start += step) result.set(start, values.get(start) ?? filler);
  return result;
}

function foldAcross(members: readonly ValueByStart[], fold: (values: readonly number[]) => number): ValueByStart {
  const starts = [...new Set(members.flatMap((member) => [...member.keys()]))].sort((one, other) => one - other);
  return new Map(
    starts.map((start) => [
      start,
      fold(members.map((member) => member.get(start)).filter((value) => value !== undefined)),
    ]),
  );
}

function startsOf(left: Operand, right: Operand): Iterable<number> {
  return typeof left === "number" ? (typeof right === "number" ? [] : right.keys()) : left.keys();
}

function at(operand: Operand, start: number): number | undefined {
  return typeof operand === "number" ? operand : operand.get(start);
}

function isList(value: Value): value is readonly ValueByStart[] {
  return Array.isArray(value);
}

function single(value: Value): Operand {
  if (isList(value)) throw invalid("A list of series stands where one series or a number is wanted.");
  return value;
}

function series(value: Value): ValueByStart {
  if (typeof value === "number" || isList(value))
    throw invalid("A time series is wanted here, not a number or a list.");
  return value;
}

function invalid(message: string): Error {
  return cloudWatchError("ValidationException", message);
}
