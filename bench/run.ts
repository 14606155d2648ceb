/**
 * Runs every bench, or those whose path contains an argument, one after the other.
 *
 *     npm run bench                      all of them, in full
 *     npm run bench -- retry             those of one package
 *     npm run bench -- --smoke           a few seconds each, to show that they run
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const smoke = process.argv.includes("--smoke");
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const benches = globSync("*/*.bench.ts", { cwd: folder })
  .filter((path) => wanted.length === 0 || wanted.some((word) => path.includes(word)))
  .toSorted();
const failed: string[] = [];

for (const bench of benches) {
  console.log(`\n== ${bench}`);
  const { status } = spawnSync(
    process.execPath,
    ["--conditions=@holdfast/source", "--expose-gc", `${folder}${bench}`, ...(smoke ? ["--smoke"] : [])],
    { stdio: "inherit", timeout: smoke ? 120_000 : 3_600_000 },
  );
  if (status !== 0) failed.push(bench);
}

console.log(`\nbench: ${benches.length - failed.length} passed, ${failed.length} failed`);
for (const bench of failed) console.log(`failed: ${bench}`);
process.exitCode = failed.length === 0 && benches.length > 0 ? 0 : 1;
