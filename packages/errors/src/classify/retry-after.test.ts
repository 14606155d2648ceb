import { expect, test, vi } from "vitest";
import { retryAfterOf } from "./retry-after.ts";

test.each<[string, unknown, number | undefined]>([
  ["seconds", { "retry-after": "7" }, 7_000],
  ["seconds with a fraction", { "retry-after": "0.25" }, 250],
  ["milliseconds, as AWS says them", { "x-amz-retry-after": "700" }, 700],
  ["milliseconds before seconds", { "retry-after": "60", "x-amz-retry-after": "700" }, 700],
  [
    "a date, from the answer's own",
    { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" },
    30_000,
  ],
  [
    "a date in the past",
    { "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT", date: "Thu, 01 Jan 2026 00:00:30 GMT" },
    undefined,
  ],
  ["a date, from now where the answer has none of its own", { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 20_000],
  ["a Headers object", new Headers({ "Retry-After": "3" }), 3_000],
  ["zero", { "retry-after": "0" }, 0],
  ["negative", { "retry-after": "-5" }, undefined],
  ["nonsense", { "retry-after": "soon" }, undefined],
  ["infinity", { "x-amz-retry-after": "Infinity" }, undefined],
  ["nothing", {}, undefined],
  ["no headers", undefined, undefined],
])("%s", (_name, headers, expected) => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 0, 0, 10) });
  expect(retryAfterOf(headers)).toBe(expected);
  vi.useRealTimers();
});
