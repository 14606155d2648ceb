import { expect, test } from "vitest";
import { evaluateExpression, type Operand } from "./expression.ts";

const series = (...values: readonly (number | undefined)[]) =>
  new Map(values.flatMap((value, index) => (value === undefined ? [] : [[index * 60, value] as const])));

const operands: Readonly<Record<string, Operand>> = {
  errors: series(1, 0, undefined, 4),
  calls: series(10, 0, 5, 8),
  gap: series(1, undefined, 3),
};

const evaluate = (expression: string) => {
  const result = evaluateExpression(expression, (id) => operands[id] ?? Number.NaN, Object.keys(operands));
  return typeof result === "number"
    ? result
    : Object.fromEntries([...result].map(([start, value]) => [start / 60, value]));
};

test.each<[string, number | Record<number, number>]>([
  ["1 + 2 * 3", 7],
  ["(1 + 2) * 3 - -1", 10],
  ["2 ^ 3 / 4", 2],
  ["errors / calls", { 0: 0.1, 3: 0.5 }], // nothing where one is missing, nor where it would divide by zero
  ["100 * errors", { 0: 100, 1: 0, 3: 400 }],
  ["errors >= 1", { 0: 1, 1: 0, 3: 1 }],
  ["(calls != 10) + (calls == 10) * 2 + (calls < 8) * 4 + (calls <= 8) * 8", { 0: 2, 1: 13, 2: 13, 3: 9 }],
  ["IF(calls > 5, errors, 0)", { 0: 1, 1: 0, 2: 0, 3: 4 }],
  ["IF(calls > 5, 1)", { 0: 1, 3: 1 }],
  ["SUM(calls)", 23],
  ["MAX([errors, gap])", { 0: 1, 1: 0, 2: 3, 3: 4 }],
  ["SUM(METRICS())", { 0: 12, 1: 0, 2: 8, 3: 12 }],
  ["AVG([errors, calls]) - MIN([errors, calls])", { 0: 4.5, 1: 0, 2: 0, 3: 2 }],
  ["FLOOR(errors / 3)", { 0: 0, 1: 0, 3: 1 }],
])("works out %s", (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test("fills what is missing between the first value and the last", () => {
  const values = new Map([
    [0, 1],
    [60, 2],
    [180, 3],
  ]);
  expect([...(evaluateExpression("FILL(m, 0)", () => values, []) as Map<number, number>)]).toEqual([
    [0, 1],
    [60, 2],
    [120, 0],
    [180, 3],
  ]);
});

test.each(["1 +", "(1", "SEARCH(x)", "1 2", "errors ? 1", "METRICS()", "[errors] + 1", "SUM"])(
  "refuses %s",
  (expression) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code: "ValidationException" }));
  },
);
