/**
 * Runs one scenario over the built core entries where they promise to run: Deno without a single permission, Bun,
 * workerd (Cloudflare Workers) with and without its Node compatibility, and Node with frozen intrinsics.
 *
 * Run by `npm run check:runtimes`, after `npm run build`. Nothing is downloaded but the npm packages in the lock file.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const cwd = fileURLToPath(new URL(".", import.meta.url));

// The binaries themselves: what npm links needs install scripts to have run.
const binary = (runtime: string, pattern: string): string => {
  const [path] = globSync(`node_modules/${pattern}`, { cwd });
  if (path === undefined)
    throw new Error(`No ${runtime} for ${process.platform} ${process.arch} in ${cwd}node_modules`);
  return `${cwd}${path}`;
};

buildSync({
  absWorkingDir: cwd,
  entryPoints: ["worker.ts"],
  outfile: "node_modules/.bundle/worker.js",
  bundle: true,
  platform: "neutral",
  format: "esm",
  sourcemap: "inline",
});

const commands = {
  Deno: [binary("Deno", "@deno/*/deno{,.exe}"), "run", "--no-remote", "--no-prompt", "program.ts"],
  Bun: [binary("Bun", "@oven/*/bin/bun{,.exe}"), "--no-install", "program.ts"],
  workerd: [binary("workerd", "@cloudflare/workerd-*/bin/workerd{,.exe}"), "test", "workerd.capnp"],
  "Node, intrinsics frozen": [process.execPath, "--frozen-intrinsics", "program.ts"],
} as const;
const env = { ...process.env, DENO_DIR: `${cwd}node_modules/.deno`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };

let failed = 0;
for (const [runtime, [command, ...args]] of Object.entries(commands)) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 30_000 });
  // A program that waits for ever ends with status 0, and one whose timers hold it is killed.
  const passes = status === 0 && /passed$|\[ PASS \]/m.test(stdout + stderr);
  if (!passes) failed += 1;
  console.log(passes ? `ok      ${runtime}` : `FAILED  ${runtime}\n${error ?? ""}${stdout}\n${stderr}`);
}
console.log(`\nruntimes: ${Object.keys(commands).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
