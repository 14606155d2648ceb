// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of the variables tested here
import { describe, expect, test } from "vitest";
import { parseSedScript } from "./sed-script.ts";
import { TransformError } from "./transform-error.ts";

const sed = (script: string, text: string, variables = {}) => parseSedScript(script).apply(text, variables);

describe("s", () => {
  test.each([
    ["replaces the first match of each line", "s/a/b/", "aa\naa", "ba\nba"],
    ["replaces every match with g", "s/a/b/g", "aa\naa", "bb\nbb"],
    ["takes any delimiter", "s|/old/|/new/|", "x/old/y", "x/new/y"],
    ["takes an escaped delimiter", "s/a\\/b/c\\/d/", "a/b", "c/d"],
    ["takes an escaped delimiter for itself, though it means something in a pattern", "s|a\\|b|c\\|d|", "a|b", "c|d"],
    ["takes a flag given twice once", "s/a/b/gg", "aa", "bb"],
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
    ["s//b/", 1, /pattern is empty/],
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

describe("variables", () => {
  const variables = { REGION: "eu-west-1", HOST: "a.b/c", GROUP: "\\1&$1" };
  test.each([
    ["stand for their text in a replacement", "s/us-east-1/${REGION}/g", "x.us-east-1", "x.eu-west-1"],
    ["end no command with a delimiter they hold", "s/old/${HOST}/", "old", "a.b/c"],
    ["are no pattern in a pattern", "s/${HOST}/new/", "axb/c a.b/c", "axb/c new"],
    ["name no group in a replacement", "s/(o)ld/${GROUP}/", "old", "\\1&$1"],
    ["may say which lines to delete", "/${REGION}/d", "eu-west-1\nus-east-1", "us-east-1"],
    ["are none with a backslash", "s/a/\\${REGION}/", "a", "${REGION}"],
    ["are none with a backslash in a pattern", "s/\\$\\{X\\}/b/", "${X}", "b"],
  ])("%s", (_, script, before, after) => {
    expect(sed(script, before, variables)).toBe(after);
  });

  test("one that is not defined is an error that names the line and lists those that are", () => {
    expect(caught(() => sed("s/a/b/\ns/b/${REGON}/", "a", variables))).toMatchObject({
      line: 2,
      message: "Line 2: ${REGON} is not defined; there are ${GROUP}, ${HOST}, ${REGION}",
    });
    expect(caught(() => sed("s/a/${X}/", "a"))).toMatchObject({ message: expect.stringMatching(/no variables/) });
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail("expected an error");
}
