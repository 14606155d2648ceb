import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atLeast, atMost, report, smoke } from "../report.ts";

// 16 processes append to one journal as fast as they can: nobody waits for long, nobody is starved.

const processes = smoke ? 4 : 16;
const durationMs = smoke ? 500 : 4_000;
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const path = join(folder, "journal.db");
const startsAt = Date.now() + (smoke ? 1_500 : 6_000);

interface Writer {
  readonly appends: number;
  readonly longestMs: number;
}

const writers = await Promise.all(
  Array.from({ length: processes }, async (_, index): Promise<Writer> => {
    const program = join(import.meta.dirname, "writer-process.ts");
    const args = [
      "--conditions=@holdfast/source",
      "--disable-warning=ExperimentalWarning",
      program,
      path,
      String(index),
      String(startsAt),
      String(durationMs),
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (data) => {
      output += String(data);
    });
    await once(child, "close");
    return JSON.parse(output) as Writer;
  }),
);
rmSync(folder, { recursive: true });

const counts = writers.map(({ appends }) => appends);
const fairness = Math.min(...counts) / (counts.reduce((sum, each) => sum + each) / counts.length);
const longestMs = Math.max(...writers.map((writer) => writer.longestMs));
console.log(
  `${processes} processes: ${counts.reduce((sum, each) => sum + each)} appends in ${durationMs} ms, longest wait ${longestMs.toFixed(0)} ms, fewest beside the mean ${fairness.toFixed(2)}`,
);
report("rollback-processes", writers, [
  atMost("longest wait of an append", longestMs, 500, " ms"),
  atLeast("fewest appends beside the mean", fairness, 0.5, "x"),
]);
