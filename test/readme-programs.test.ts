import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const folderOfRun = `.readme-${process.pid}`; // two runs at once in one tree must not meet
const programs = globSync(["README.md", "packages/*/README.md", "apps/*/README.md", "docs/*.md"], { cwd: root })
  .toSorted()
  .flatMap((file) => programsOf(file));

interface Program {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  /** What it must print: the ```text block marked `prints` that follows it. */
  readonly prints: string | undefined;
  readonly path: string;
}

// A ```ts block is a whole program; ```ts fragment is a piece of one and is not run.
function programsOf(file: string): Program[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```\n(?:\s*^```text prints\n([\s\S]*?)^```)?/gm)].map(
    (match, index) => ({
      file,
      line: text.slice(0, match.index).split("\n").length,
      source: match[1]!,
      prints: match[2],
      // Beside the package, so that its own dependencies are found.
      path: join(root, dirname(file), folderOfRun, `program-${index}.ts`),
    }),
  );
}

// `await using` is syntax that Node knows from 24 on; before, users' compilers lower it, and so does this.
function runnable(source: string): string {
  const [major = 0] = process.versions.node.split(".").map(Number);
  const program = `${source}\nexport {};\n`;
  return major >= 24 ? program : `// @ts-nocheck\n${transformSync(program, { loader: "ts", target: "node22" }).code}`;
}

const folders = new Set([join(root, "test", folderOfRun), ...programs.map(({ path }) => dirname(path))]);

beforeAll(() => {
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const { path, source } of programs) writeFileSync(path, runnable(source));
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("the README programs have the right types", async () => {
  const config = join(root, "test", folderOfRun, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: {
        isolatedDeclarations: false,
        declaration: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      files: programs.map(({ path }) => path),
    }),
  );
  try {
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config]);
  } catch (error) {
    expect.fail((error as { stdout: string }).stdout);
  }
}, 120_000);

describe.concurrent("each README program runs", () => {
  test.each(programs)("$file:$line", { timeout: 60_000 }, async ({ path, prints }) => {
    const { stdout } = await run(process.execPath, ["--conditions=@holdfast/source", path], {
      cwd: dirname(path),
      timeout: 50_000,
      env: { ...process.env, NODE_NO_WARNINGS: "1", AWS_EC2_METADATA_DISABLED: "true" },
    });
    if (prints !== undefined) expect(stdout).toBe(prints);
  });
});
