import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const page = fileURLToPath(new URL("../docs/promises.md", import.meta.url));
const proofs = [...readFileSync(page, "utf8").matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)].map(
  ([, title = "", path = ""]) => [title, path] as const,
);

test("the page of promises names tests", () => {
  expect(proofs.length).toBeGreaterThan(100);
});

test.each(proofs)('there is a test "%s" in %s', (title, path) => {
  const source = readFileSync(join(dirname(page), path), "utf8");
  expect(source.includes(title) || source.includes(title.replaceAll('"', '\\"'))).toBe(true);
});
