import { expect, test } from "vitest";
import { CliError } from "./cli-error.ts";
import { durationMs, sinceMs } from "./duration.ts";

test.each([
  ["250ms", 250],
  ["90s", 90_000],
  ["1.5h", 5_400_000],
  ["24d", 2_073_600_000],
  ["25d", 2_160_000_000], // beyond 2^31 − 1
  ["30d", 2_592_000_000],
  ["52w", 31_449_600_000],
])("%s is %d ms", (text, expected) => {
  expect(durationMs(text)).toBe(expected);
});

test.each(["", "30", "d", "-1d", "1 fortnight", "1d2h", "99999999999999999w", "1e3d"])("%j is refused", (text) => {
  expect(() => durationMs(text)).toThrow(CliError);
});

test("since takes a duration before now, or a date", () => {
  expect(sinceMs("2h", 10_000_000)).toBe(2_800_000);
  expect(sinceMs("2026-01-31", 0)).toBe(Date.UTC(2026, 0, 31));
  expect(sinceMs("2026-01-31T10:00:00Z", 0)).toBe(Date.UTC(2026, 0, 31, 10));
});

test.each(["yesterday", "2026-31-01", "2h ago"])("since %j: what it may be is said, dates too", (text) => {
  expect(() => sinceMs(text, 0)).toThrow(
    `Expected --since to be a date such as 2026-01-31, or a duration such as 30d, 12h or 45m (ms, s, m, h, d, w), got "${text}"`,
  );
});
