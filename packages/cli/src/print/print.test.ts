import { expect, test } from "vitest";
import { counted } from "./counted.ts";
import { printable, printableText } from "./printable.ts";
import { table } from "./table.ts";
import { time } from "./time.ts";

test("a table has columns as wide as their widest cell, and no blanks at the end", () => {
  expect(
    table(
      ["ID", "WHAT"],
      [
        ["long-id", ""],
        ["b", "x y"],
      ],
    ),
  ).toBe("ID       WHAT\nlong-id\nb        x y");
});

test("a table without rows is its headings", () => {
  expect(table(["ID", "WHAT"], [])).toBe("ID  WHAT");
});

test.each([
  ["\u001b[2Jgone\r\nover", "[2Jgone over"],
  ["tab\there", "tab here"],
  ["password=hunter2 x", expect.not.stringContaining("hunter2")],
  [{ password: "hunter2", path: "/a" }, '{"password":"[redacted]","path":"/a"}'],
  [undefined, ""],
  [null, "null"],
])("%j is printed as %j", (value, expected) => {
  expect(printable(value)).toEqual(expected);
});

test("text keeps its lines and no other control character", () => {
  expect(printableText("  one \u0007\n\u001b]0;title\u0007two\r")).toBe("  one\n ]0;title two");
});

test("an instant is told to the second; what is none, as it is", () => {
  expect(time(Date.UTC(2026, 0, 31, 10, 0, 0, 999))).toBe("2026-01-31T10:00:00Z");
  expect(time(8_640_000_000_000_001)).toBe("8640000000000001");
  expect(time(Number.NaN)).toBe("NaN");
});

test("one is one", () => {
  expect([0, 1, 2].map((count) => counted(count, "step"))).toEqual(["0 steps", "1 step", "2 steps"]);
});
