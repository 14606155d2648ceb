import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL(".", import.meta.url).pathname;

test("nothing but the file sink needs Node", () => {
  const sources = globSync("**/*.ts", { cwd: folder }).filter((path) => !/\.test\.|file-sink/.test(path));
  expect(sources.length).toBeGreaterThan(30);
  for (const path of sources) {
    expect(readFileSync(`${folder}${path}`, "utf8"), path).not.toMatch(/from "(?!\.)/);
  }
});
