import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./measure.ts";
import { atMost, report } from "./report.ts";

// How long a fresh process takes to open a journal and read its 1,000 open transactions, of 100,000 and of 1,000,000 records.

const smoke = process.argv.includes("--smoke");
const rounds = smoke ? 1 : 5;
const sizes = smoke ? [10_000] : [100_000, 1_000_000];

interface Loaded {
  readonly openMs: number;
  readonly loadMs: number;
  readonly rssMb: number;
  readonly transactions: number;
}

const measured = new Map<number, { readonly loadMs: number; readonly rssMb: number; readonly verifyMs: number }>();
for (const records of sizes) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const path = join(folder, "journal.db");
  child("fill", path, String(records));
  const runs = Array.from({ length: rounds }, () => JSON.parse(child("load", path)) as Loaded);
  const verifyMs = (JSON.parse(child("verify", path)) as { readonly verifyMs: number }).verifyMs;
  rmSync(folder, { recursive: true });
  const loadMs = median(runs.map(({ openMs, loadMs }) => openMs + loadMs));
  const rssMb = median(runs.map(({ rssMb }) => rssMb));
  measured.set(records, { loadMs, rssMb, verifyMs });
  console.log(
    `${records} records, ${runs[0]!.transactions} open: opened and loaded in ${loadMs.toFixed(1)} ms, ${rssMb.toFixed(0)} MB; all verified in ${verifyMs.toFixed(0)} ms`,
  );
}

const [first, last] = [measured.get(sizes[0]!)!, measured.get(sizes.at(-1)!)!];
report(
  "recovery",
  [
    atMost(8, `open and load the open transactions of ${sizes[0]} records`, first.loadMs, 60, " ms"),
    atMost(8, "memory then", first.rssMb, 100, " MB"),
    atMost(8, `the same of ${sizes.at(-1)} records, beside ${sizes[0]}`, last.loadMs / first.loadMs, 1.5, "x"),
  ],
  Object.fromEntries(measured),
);

function child(...args: readonly string[]): string {
  const program = join(import.meta.dirname, "recovery-process.ts");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning", program, ...args],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
