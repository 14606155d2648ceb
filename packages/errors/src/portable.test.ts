import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));

test("nothing but the file sink needs Node", () => {
  const sources = globSync("**/*.ts", { cwd: folder }).filter((path) => !/\.test\.|file-sink/.test(path));
  expect(sources.length).toBeGreaterThan(30);
  for (const path of sources) {
    expect(readFileSync(`${folder}${path}`, "utf8"), path).not.toMatch(/from "(?!\.)/);
  }
});

async function bundled(imports: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${imports} } from "./index.ts"; globalThis.kept = ${imports};`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

test("the classifier alone brings nothing else along, and weighs less than 5 kB", async () => {
  const text = await bundled("classify");
  expect(text).toContain("ProvisionedThroughputExceeded");
  expect(text).not.toMatch(/aws sso login|redacted|authorized to perform/);
  expect(gzipSync(text, { level: 9 }).byteLength).toBeLessThan(5_000); // docs/decisions/0013
});

test("redaction alone brings no codes along", async () => {
  const text = await bundled("redact");
  expect(text).toContain("[redacted]");
  expect(text).not.toMatch(/ProvisionedThroughputExceeded|aws sso login/);
});
