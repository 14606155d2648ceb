import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type CrashItem, cannotRun, type ItemOutcome } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { ext4Disk, mounted, noExt4 } from "../storage/small-disk.ts";
import { Marks, whatWasLost } from "./marks.ts";

const kilobytes = 100 * 1_024; // on a disk with less than 64 MB left the write-ahead log would not be made longer ahead
const transactions = 200;

/**
 * The journal works on a disk of its own, ext4 in a file, and what has reached that disk is copied: what the kernel still holds is lost, names
 * of files too. The copy is mounted, so that the file system recovers, and then the journal.
 */
export const wholeDisk: CrashItem = {
  name: "power loss of a whole ext4 disk",
  perPullRequest: 0,
  perRelease: 400,
  pieceCases: 100,
  run: async ({ first, count, seed }) => {
    const folder = mkdtempSync(join(tmpdir(), "whole-disk-"));
    const image = join(folder, "disk");
    const disk = ext4Disk(kilobytes, image);
    if (disk === undefined) return cannotRun(noExt4);
    const work = join(folder, "work");
    const marks = join(folder, "marks");
    for (const each of [work, marks]) mkdirSync(each);
    disk.mount(work);
    try {
      return await losePower(folder, count, new Seeded(seed + first));
    } finally {
      disk.unmount();
      rmSync(folder, { recursive: true });
    }
  },
};

async function losePower(folder: string, count: number, random: Seeded): Promise<ItemOutcome> {
  const problems: string[] = [];
  const counts = { "entries acknowledged before": 0 };
  let worker = startWorker(folder);
  for (let index = 0; index < count; index++) {
    if (worker.exitCode !== null) worker = startWorker(folder);
    await sleep(random.next() * 40);
    worker.kill("SIGSTOP");
    const copy = copyStill(join(folder, "disk"), join(folder, "copy"));
    const marks = new Marks();
    marks.add(markedSoFar(folder));
    worker.kill("SIGCONT");
    const lost = await afterLoss(folder, copy, marks);
    counts["entries acknowledged before"] += marks.acknowledged.size;
    if (lost !== undefined) problems.push(`loss ${index}, after ${marks.acknowledged.size} entries: ${lost}`);
  }
  worker.kill("SIGKILL");
  await sleep(50);
  return { cases: count, counts, problems };
}

function startWorker(folder: string): ChildProcess {
  const program = fileURLToPath(new URL("./workload.ts", import.meta.url));
  const flags = ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"];
  const args = [...flags, program, join(folder, "work"), String(transactions), join(folder, "marks")];
  return spawn(process.execPath, args, { stdio: "ignore" });
}

// The worker is stopped, but the kernel may be writing what it left: a copy counts once a second one is the same.
function copyStill(image: string, copy: string): string {
  for (;;) {
    copyFileSync(image, copy);
    if (readFileSync(image).equals(readFileSync(copy))) return copy;
  }
}

function markedSoFar(folder: string): string {
  try {
    return readFileSync(join(folder, "marks", "acknowledged"), "utf8");
  } catch {
    return ""; // the worker has only just begun
  }
}

async function afterLoss(folder: string, copy: string, marks: Marks): Promise<string | undefined> {
  const place = mkdtempSync(join(folder, "after-"));
  const disk = mounted(kilobytes, ["-o", "loop", copy]);
  disk.mount(place);
  try {
    return await whatWasLost(join(place, "journal.db"), marks);
  } finally {
    disk.unmount();
    rmSync(place, { recursive: true, force: true });
  }
}
