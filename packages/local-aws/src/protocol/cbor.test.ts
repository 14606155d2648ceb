import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { Timestamp } from "./timestamp.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

test("gives back any plain data", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }),
      fc.string({ unit: "binary" }),
      fc.uint8Array(),
      fc.array(tie("value")),
      fc.dictionary(
        fc.string().filter((name) => name !== "__proto__"),
        tie("value"),
        { noNullPrototype: true },
      ),
    ),
  }));
  fc.assert(
    fc.property(value, (data) => {
      deepStrictEqual(decodeCbor(encodeCbor(data)), data);
    }),
  );
});

test("gives back texts and lists of every size of length", () => {
  for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
    expect(decodeCbor(encodeCbor("x".repeat(length)))).toHaveLength(length);
    expect(decodeCbor(encodeCbor(Array.from({ length }, () => 0)))).toHaveLength(length);
  }
});

// Appendix A of RFC 8949.
test.each([
  ["00", 0],
  ["1903e8", 1_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["3903e7", -1_000],
  ["f90001", 2 ** -24],
  ["f93c00", 1],
  ["f9c400", -4],
  ["f97c00", Number.POSITIVE_INFINITY],
  ["fa47c35000", 100_000],
  ["fb3ff199999999999a", 1.1],
  ["c1fb41d452d9ec200000", 1_363_896_240.5],
  ["6449455446", "IETF"],
  ["7f657374726561646d696e67ff", "streaming"],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
  ["bf6346756ef563416d7421ff", { Fun: true, Amt: -2 }],
])("reads %s", (bytes, value) => {
  expect(decodeCbor(hex(bytes))).toEqual(value);
});

test("writes moments as tagged seconds and leaves out what is undefined", () => {
  const bytes = encodeCbor({ a: undefined, at: new Timestamp(1_000) });
  expect(Buffer.from(bytes).toString("hex")).toBe("a1626174c101");
});

test("refuses what ends early or is no CBOR", () => {
  expect(() => decodeCbor(hex("64494554"))).toThrow(RangeError);
  expect(() => decodeCbor(hex("19"))).toThrow(RangeError);
  expect(() => decodeCbor(hex("1c"))).toThrow(TypeError);
});
