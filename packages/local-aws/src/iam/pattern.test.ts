import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesPattern } from "./pattern.ts";

test("says what a regular expression says", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(patterns, letters, (pattern, value) => {
      const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(matchesPattern(pattern, value)).toBe(expression.test(value));
    }),
    { numRuns: 1_000 },
  );
});

test("takes no longer for a pattern made to be slow", () => {
  const before = process.cpuUsage(); // of this process alone: the others on the machine do not count
  expect(matchesPattern(`${"a*".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000); // backtracking would not end
});

test("ignores case where actions do", () => {
  expect(matchesPattern("S3:get*", "s3:GetObject", true)).toBe(true);
  expect(matchesPattern("S3:get*", "s3:GetObject")).toBe(false);
});
