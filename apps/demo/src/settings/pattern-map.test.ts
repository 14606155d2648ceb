import { describe, expect, test } from "vitest";
import { patternMap, readPatternEntries } from "./pattern-map.ts";
import { renameByEntries } from "./rename-rule.ts";

const find = (text: string, name: string) => patternMap(readPatternEntries(text, "filter", true)).find(name);

describe("which entry decides", () => {
  test("the very name, wherever it stands", () => {
    expect(find('{"app/*": "general", "app/db": null}', "app/db")).toEqual({
      value: null,
      pattern: "app/db",
      taken: [],
    });
  });

  test("else the first pattern, in the order of the text", () => {
    expect(find('{"app/*/db": "first", "app/*": "second"}', "app/eu/db")).toMatchObject({ value: "first" });
    expect(find('{"app/*": "second", "app/*/db": "first"}', "app/eu/db")).toMatchObject({ value: "second" });
    expect(find('{"b*": "b", "*1": "one", "?1": "two"}', "a1")).toMatchObject({ value: "one" });
  });

  test("of one written twice the later, at its first place", () => {
    expect(find('{"a": "1", "a": "2"}', "a")).toMatchObject({ value: "2" });
  });

  test("none where none matches", () => {
    expect(find('{"app/*": null}', "web/db")).toBeUndefined();
    expect(find("{}", "web/db")).toBeUndefined();
  });
});

test("names: captured wildcards fill the template; what no pattern takes has no name", () => {
  const rename = renameByEntries([
    ["app/*/db", "team/*/database"],
    ["app/?-*", "x/*"],
    ["app/eu/db", "special"],
  ]);
  expect(rename("app/us/db")).toBe("team/us/database");
  expect(rename("app/eu/db")).toBe("special");
  expect(rename("app/1-2")).toBe("x/1");
  expect(rename("web/db")).toBeUndefined();
  expect(() => renameByEntries([["a", "b*"]])).toThrow(/more wildcards/);
  expect(() => renameByEntries([["a", ""]])).toThrow(/no name/);
});

describe("what is wrong is named without its value", () => {
  test.each([
    ['{"a": 7}', /filter: expected "a" to have a text or null/],
    ['{"a": {"b": "hunter2"}}', /expected "a"/],
    ["[]", /filter is no JSON object/],
    ['{"a": hunter2}', /filter is not JSON: expected a value at line 1, column 7/],
  ])("%s", (text, message) => {
    let error: unknown;
    try {
      readPatternEntries(text, "filter", true);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "REPLICATE_SETTINGS", message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("hunter2");
  });
});
