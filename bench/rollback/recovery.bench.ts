import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { atMost, median, report, smoke } from "../report.ts";

// How long a fresh process takes to open a journal and read its 1,000 open transactions, of 100,000 and of 1,000,000 records; and
// its memory then. It runs as JavaScript, as installed: to strip types as it loads, Node brings a compiler of 33 MB.

const rounds = smoke ? 1 : 5;
const sizes = smoke ? [10_000] : [100_000, 1_000_000];

interface Loaded {
  readonly openMs: number;
  readonly loadMs: number;
  readonly rssMb: number;
  readonly transactions: number;
}

const built = mkdtempSync(join(tmpdir(), "bench-"));
const program = join(built, "recovery-process.mjs");
buildSync({
  entryPoints: [join(import.meta.dirname, "recovery-process.ts")],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  conditions: ["@holdfast/source"],
});

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const pathOf = (records: number) => join(folder, `${records}.db`);
for (const records of sizes) child("fill", pathOf(records), String(records));
const loads = Array.from({ length: rounds }, () =>
  sizes.map((records) => JSON.parse(child("load", pathOf(records))) as Loaded),
);
const measured = sizes.map((records, index) => {
  const runs = loads.map((round) => round[index]!);
  const { verifyMs } = JSON.parse(child("verify", pathOf(records))) as { readonly verifyMs: number };
  const loadMs = median(runs.map(({ openMs, loadMs }) => openMs + loadMs));
  const rssMb = median(runs.map(({ rssMb }) => rssMb));
  console.log(
    `${records} records, ${runs[0]!.transactions} open: opened and loaded in ${loadMs.toFixed(1)} ms, ${rssMb.toFixed(0)} MB; all verified in ${verifyMs.toFixed(0)} ms`,
  );
  return { records, loadMs, rssMb, verifyMs };
});
rmSync(folder, { recursive: true });
rmSync(built, { recursive: true });

const [first, last] = [measured[0]!, measured.at(-1)!];
report("rollback-recovery", measured, [
  atMost(`open and load the open transactions of ${sizes[0]} records`, first.loadMs, 60, " ms"),
  atMost("memory then", first.rssMb, 100, " MB"),
  atMost(`the same of ${sizes.at(-1)} records, beside ${sizes[0]}`, last.loadMs / first.loadMs, 1.5, "x"),
]);

function child(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--no-warnings", program, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
