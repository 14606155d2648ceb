import { expect, test } from "vitest";
import { OptionError } from "./option-error.ts";
import { assertInteger } from "./options.ts";
import { atLeastOne, countOrInfinity, delayOrInfinity, type OptionTable, readOptions } from "./read-options.ts";

interface GateOptions {
  readonly width: number;
  readonly name?: string | undefined;
  readonly maxQueued?: number | undefined;
}

const table: OptionTable<GateOptions> = {
  width: [undefined, assertInteger],
  name: ["gate"],
  maxQueued: [7, countOrInfinity],
};
const read = (options: object) => readOptions("gate()", options as GateOptions, table);

test("completes what is left out or undefined, and leaves the caller's object alone", () => {
  const options = { width: 3, name: undefined };
  expect(read(options)).toEqual({ width: 3, name: "gate", maxQueued: 7 });
  expect(options).toEqual({ width: 3, name: undefined });
  expect(read({ width: 3, maxQueued: 0 }).maxQueued).toBe(0);
});

test.each([
  [{}, "Expected `width` to be an integer, got undefined"],
  [{ width: 1, maxQueued: -1 }, "Expected `maxQueued` to be an integer ≥ 0, got -1"],
  [{ width: 1, queue: 1 }, "Expected `queue` to be left out: the options of gate() are width, name, maxQueued, got 1"],
])("refuses %o", (options, message) => {
  expect(() => read(options)).toThrow(OptionError);
  expect(() => read(options)).toThrow(message);
});

test("checks of common kinds hold at their edges", () => {
  const passes = (check: (option: string, value: unknown) => void, value: unknown) => {
    try {
      check("x", value);
      return true;
    } catch {
      return false;
    }
  };
  expect([0, 1, 1.5, Infinity].map((value) => passes(atLeastOne, value))).toEqual([false, true, false, false]);
  expect([-1, 0, 1.5, Infinity].map((value) => passes(countOrInfinity, value))).toEqual([false, true, false, true]);
  expect([-1, 0.5, 2 ** 31, Infinity].map((value) => passes(delayOrInfinity, value))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
