import { expect, test } from "vitest";
import { compileGlob } from "./glob.ts";
import { renameByRules } from "./rename-rule.ts";

test("without rules a secret keeps its name", () => {
  expect(renameByRules([])("app/db")).toBe("app/db");
});

test("wildcards carry what they took, and the first rule that matches decides", () => {
  const rename = renameByRules(["app/*/db=team/*/database", "app/*=other/*"]);
  expect(rename("app/eu/db")).toBe("team/eu/database");
  expect(rename("app/eu/cache")).toBe("other/eu/cache");
});

test("a secret that no rule takes is not replicated", () => {
  expect(renameByRules(["app/*=team/*"])("web/db")).toBeUndefined();
});

test("a dot stands for itself and * crosses slashes", () => {
  expect(compileGlob("a.b*")("a.b/c/d")).toEqual(["/c/d"]);
  expect(compileGlob("a.b*")("axb")).toBeUndefined();
  expect(compileGlob("a?c")("abc")).toEqual(["b"]);
});

test.each(["no-equals", "=x", "a=b*"])("refuses the rule %j", (rule) => {
  expect(() => renameByRules([rule])).toThrow(/--rename/);
});
