import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));

test("works under frozen intrinsics: failures, time-outs, aborts and nested retries", async () => {
  const program = `
    import { retry, timeout, TimeoutError } from "${new URL("index.ts", import.meta.url).href}";
    import { attemptsOf } from "@holdfast/errors";
    const refused = () => Object.assign(new Error("down"), { code: "ECONNREFUSED" });
    const error = await retry({ backoff: 0, maxElapsedMs: 1000 }).execute(() => retry({ backoff: 0, logger: { ...console, warn() {} } }).execute(() => Promise.reject(refused()))).catch((e) => e);
    const late = await timeout({ timeoutMs: 5 }).execute(() => new Promise(() => {})).catch((e) => e);
    const aborted = await retry().execute(() => 1, AbortSignal.abort("stop")).catch((e) => e);
    console.log(attemptsOf(error).attempts.length, late instanceof TimeoutError, aborted);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--frozen-intrinsics",
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    program,
  ]);
  expect(stdout).toBe("3 true stop\n");
});

test("imports nothing of Node's, so that it loads on Workers, Deno and Bun", async () => {
  const { metafile } = await build({
    entryPoints: [`${folder}index.ts`],
    conditions: ["@holdfast/source"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  expect(imports).toEqual([]);
});
