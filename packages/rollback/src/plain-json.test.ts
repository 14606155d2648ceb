import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainJson } from "./plain-json.ts";

class Money {
  readonly cents = 5;
}

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each([
  ["a function", { f: () => 1 }, "input.f is a function"],
  ["a Map", { m: new Map([[1, 2]]) }, "input.m is a Map"],
  ["NaN", { n: Number.NaN }, "input.n is NaN"],
  ["Infinity", [1, -Infinity], "input[1] is -Infinity"],
  ["a symbol", { s: Symbol("s") }, "input.s is a symbol"],
  ["a bigint", { deep: { big: 1n } }, "input.deep.big is a bigint"],
  ["undefined in an array", { list: [1, undefined] }, "input.list[1] is undefined"],
  ["a hole", new Array(2), "input[0] is undefined"],
  ["a Date", { at: new Date(0) }, "input.at is a Date"],
  ["an Error", { "of the call": new Error("hunter2") }, 'input["of the call"] is an Error'],
  ["bytes", new Uint8Array(2), "input is a Uint8Array"],
  ["a class's instance", { price: new Money() }, "input.price is a Money"],
  ["a cycle", cycle, "input.self is a reference back to what holds it"],
  ["a name that is a symbol", { [Symbol("s")]: 1 }, "input[Symbol(s)] is named by a symbol"],
  ["an own toJSON", { toJSON: () => 1 }, "input.toJSON is a function"],
])("refuses %s", (_, value, finding) => {
  expect(() => plainJson(value, "input")).toThrow(finding);
});

test("drops properties that are undefined, takes nothing else away, and copies", () => {
  const shared = { x: 1 };
  const value = { a: undefined, b: null, c: [shared, shared], "": false };
  expect(plainJson(value, "input")).toStrictEqual({ b: null, c: [{ x: 1 }, { x: 1 }], "": false });
  expect(plainJson(undefined, "output")).toBeUndefined();
  expect(plainJson(Object.assign(Object.create(null), { a: 1 }), "input")).toStrictEqual({ a: 1 });
  expect(plainJson(runInNewContext("({ a: [{}] })"), "input")).toStrictEqual({ a: [{}] });
});

test("whatever JSON wrote goes through as it is", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      expect(JSON.stringify(plainJson(value, "input"))).toBe(JSON.stringify(value));
    }),
  );
});

test("keeps a property named __proto__ as what it is: data", () => {
  const text = '{"__proto__":{"admin":true},"name":"app"}';
  const copy = plainJson(JSON.parse(text), "input");
  expect(JSON.stringify(copy)).toBe(text);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});
