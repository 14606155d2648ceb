import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CliIo } from "../cli-io.ts";
import { hasHandler, loadOperations } from "./load-operations.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = () => ({ cwd: folder }) as CliIo;
const one = "const one = { name: 'one', version: 1, apply() {} };";

test.each([
  ["a list", "export const operations = [one];"],
  ["a record", "export const operations = { one };"],
  ["a default", "export default [one];"],
  ["a function", "export const operations = () => ({ one });"],
  ["an asynchronous function", "export default async () => [one];"],
])("operations may be %s", async (_what, source) => {
  writeFileSync(join(folder, "mine.mjs"), `${one} ${source}`);
  const { operations } = await loadOperations(io(), "mine.mjs");
  expect(operations.map(({ name }) => name)).toEqual(["one"]);
});

test("operations may be in a package, with their keys and permissions", async () => {
  const home = join(folder, "node_modules", "our-operations");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"name":"our-operations","type":"module","exports":"./index.js"}');
  writeFileSync(
    join(home, "index.js"),
    `${one} export const operations = [one], keys = {}, checkPermissions = () => [];`,
  );
  const loaded = await loadOperations(io(), "our-operations");
  expect(Object.keys(loaded).toSorted()).toEqual(["checkPermissions", "keys", "operations"]);
});

test("a handler is that version, or a later one that takes records over", async () => {
  const source = `export default [{ name: "a", version: 2, apply() {} }, { name: "b", version: 2, apply() {}, upcast() {} }];`;
  writeFileSync(join(folder, "mine.mjs"), source);
  const { operations } = await loadOperations(io(), "./mine.mjs");
  const has = (name: string) => [1, 2, 3].map((version) => hasHandler(operations, name, version));
  expect(has("a")).toEqual([false, true, false]);
  expect(has("b")).toEqual([true, true, false]);
});
