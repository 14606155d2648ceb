import fc from "fast-check";
import { expect, test } from "vitest";
import { cloudWatchText } from "./cloudwatch/cloudwatch-text.ts";
import { dimensionText, overflowText } from "./dimension-text.ts";

const tricky = fc.constantFrom(
  "",
  " ",
  "  ",
  "%20",
  "%",
  "(none)",
  "(empty)",
  "(other)",
  "\\(none)",
  "é",
  "%C3%A9",
  "\ud800",
  "\n",
  ":",
);
const text = fc.oneof(
  tricky,
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ minLength: 1_020, maxLength: 1_030 }),
);

test("two different values are never the same text, in memory or at CloudWatch", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.option(text, { nil: undefined }), { minLength: 2, maxLength: 12 }), (values) => {
      const texts = values.map(dimensionText);
      expect(new Set(texts).size).toBe(values.length);
      expect(texts).not.toContain(overflowText);
      expect(new Set(texts.map(cloudWatchText)).size).toBe(values.length);
    }),
  );
});

test("what CloudWatch is given is 1 to 1,024 printable ASCII characters, not all blank", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(cloudWatchText(dimensionText(value))).toMatch(/^(?=.*\S)[ -~]{1,1024}$/);
    }),
  );
});

test("an ordinary value stays as it is", () => {
  for (const value of ["eu-west-1", "arn:aws:iam::123456789012:role/x", "a b", "(unknown)"]) {
    expect(cloudWatchText(dimensionText(value))).toBe(value);
  }
});

test("spells numbers, booleans and absence", () => {
  expect([3, true, undefined, ""].map(dimensionText)).toEqual(["3", "true", "(none)", "(empty)"]);
});

test("two long values with a common beginning end differently", () => {
  const [a, b] = [dimensionText(`${"x".repeat(2_000)}a`), dimensionText(`${"x".repeat(2_000)}b`)];
  expect(a).toHaveLength(1_024);
  expect(a).not.toBe(b);
});
