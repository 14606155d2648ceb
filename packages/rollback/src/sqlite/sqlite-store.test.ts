import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { storeConformance } from "../testing/store-conformance.ts";
import { sqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, `${++files}`, "journal.db");

describe.each(["worker", "main"] as const)("a SQLite store, execution %s", (execution) => {
  let path = "";
  const make = () => {
    path = newPath();
    return sqliteStore({ path, execution, ballastBytes: 0 });
  };
  const again = () => sqliteStore({ path, execution, ballastBytes: 0 });
  for (const { name, run } of storeConformance({ make, again })) test(name, run);

  test("shares a flush among the appends of one turn", async () => {
    const store = make();
    await store.open();
    const requests = Array.from({ length: 50 }, (_, index) => ({
      transaction: `t${index}`,
      position: 0,
      body: "x",
      hash: `h${index}`,
      forward: true,
    }));
    await Promise.all(requests.map((request) => store.append(request)));
    expect((await store.head()).number).toBeLessThanOrEqual(2);
    await store.close();
  });

  test("refuses everything once closed, and says so", async () => {
    const store = make();
    await store.open();
    await store.close();
    await expect(store.head()).rejects.toMatchObject({ name: "JournalError" });
  });
});

test("refuses a path that is no file's", () => {
  expect(() => sqliteStore({ path: "" })).toThrow("Expected `path`");
  expect(() => sqliteStore({ path: ":memory:" })).toThrow("Expected `path`");
});
