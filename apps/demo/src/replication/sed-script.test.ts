import { describe, expect, test } from "vitest";
import { parseSedScript } from "./sed-script.ts";
import { TransformError } from "./transform.ts";

const sed = (script: string, text: string) => parseSedScript(script).apply(text);

describe("s", () => {
  test.each([
    ["replaces the first match of each line", "s/a/b/", "aa\naa", "ba\nba"],
    ["replaces every match with g", "s/a/b/g", "aa\naa", "bb\nbb"],
    ["takes any delimiter", "s|/old/|/new/|", "x/old/y", "x/new/y"],
    ["takes an escaped delimiter", "s/a\\/b/c\\/d/", "a/b", "c/d"],
    ["ignores case with i", "s/DB/cache/i", "db", "cache"],
    ["works on the whole text with m, ^ at each line", "s/^a/b/gm", "a\na", "b\nb"],
    ["lets . take line ends with s", "s/a.b/c/s", "a\nb", "c"],
    ["knows & and groups", "s/(\\w+)@(\\w+)/\\2 at \\1 (&)/", "me@here", "here at me (me@here)"],
    ["keeps an escaped & as it is", "s/a/\\&/", "a", "&"],
    ["writes line ends and tabs", "s/,/\\n\\t/", "a,b", "a\n\tb"],
    ["leaves $ alone, which means nothing to sed", "s/a/$1$2/", "a", "$1$2"],
    ["runs commands in order", "s/a/b/\ns/b/c/", "a", "c"],
    ["skips comments and blank lines", "# first\n\n  s/a/b/  ", "a", "b"],
  ])("%s", (_, script, before, after) => {
    expect(sed(script, before)).toBe(after);
  });
});

test("d deletes the lines that match", () => {
  expect(sed("/^#/d", "# a\nb\n# c")).toBe("b");
});

describe("a script that cannot be read names its line", () => {
  test.each([
    ["s/a/b/\ns/a", 2, /expected s\/pattern/],
    ["s/a/b/x", 1, /unknown flag "x"/],
    ["\n\ns/(/b/", 3, /not a regular expression/],
    ["y/a/b/", 1, /expected s\/pattern\/replacement\/flags or \/pattern\/d/],
    ["s", 1, /delimiter/],
  ])("%j", (script, line, message) => {
    const error = caught(() => parseSedScript(script));
    expect(error).toBeInstanceOf(TransformError);
    expect(error).toMatchObject({ line, code: "ERR_TRANSFORM", message: expect.stringMatching(message) });
  });
});

test("a pattern that backtracks for ever is stopped, and the text is not in the error", () => {
  const secret = `${"a".repeat(40)}!`;
  const error = caught(() => sed("s/^(a+)+$/b/", secret));
  expect(error).toMatchObject({ name: "TransformError", line: 1 });
  expect(String((error as Error).stack)).not.toContain(secret);
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail("expected an error");
}
