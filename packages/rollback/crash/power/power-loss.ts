import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { noShim } from "../build-shim.ts";
import { type CrashItem, cannotRun, type ItemOutcome } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { diskShim } from "./disk-shim.ts";
import { Disk, type Survival } from "./disk-states.ts";
import { Marks, whatWasLost } from "./marks.ts";
import { type DiskCall, readRecording } from "./recording.ts";

const transactions = 40;
const survivals: readonly Survival[] = ["none", "all", "some sectors", "some sectors"];

/** Power is lost between any two calls to the disk: what was acknowledged is there, whole, and nothing else is. */
export const powerLoss: CrashItem = {
  name: "power loss",
  perPullRequest: 10_000,
  perRelease: 100_000,
  pieceCases: 2_500,
  run: ({ first, count, seed }) => explore(count, seed + first),
};

/** The same, with a write-ahead log that is not flushed at each commit (`synchronous = NORMAL`): it must be noticed. */
export const powerLossUnflushed: CrashItem = {
  name: "power loss, planted bug: log not flushed",
  perPullRequest: 200,
  perRelease: 200,
  run: async ({ count, seed }) => {
    const outcome = await explore(count, seed, (file) => file.endsWith("-wal"));
    if (outcome.notRun !== undefined) return outcome;
    const caught = outcome.problems.length;
    return { ...outcome, counts: { caught }, problems: caught > 0 ? [] : ["it was not noticed"] };
  },
};

async function explore(states: number, seed: number, lies?: (file: string) => boolean): Promise<ItemOutcome> {
  const library = diskShim();
  if (library === undefined) return cannotRun(noShim);
  const folder = mkdtempSync(join(tmpdir(), "power-"));
  const calls = record(library, folder);
  const random = new Seeded(seed);
  const disk = new Disk("work", lies);
  const marks = new Marks();
  const problems: string[] = [];
  const writes = calls.filter(({ kind }) => kind !== "O").length;
  const chance = states / survivals.length / writes;
  let explored = 0;
  for (const [index, call] of calls.entries()) {
    if (call.file === "acknowledged") marks.add(call.data.toString("utf8"));
    else disk.do(call);
    for (let due = chance; due > 0 && random.next() < due; due -= 1) {
      for (const survival of survivals) {
        explored += 1;
        const problem = await look(folder, disk.losePower(survival, random), marks);
        if (problem !== undefined) problems.push(`after call ${index} (${survival} of the rest): ${problem}`);
      }
    }
  }
  rmSync(folder, { recursive: true });
  return {
    cases: explored,
    counts: { calls: calls.length, acknowledged: marks.acknowledged.size, lost: problems.length },
    problems,
  };
}

function record(library: string, folder: string): readonly DiskCall[] {
  const work = join(folder, "work");
  mkdirSync(work);
  const log = join(folder, "recording");
  const program = fileURLToPath(new URL("./workload.ts", import.meta.url));
  const args = [
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    program,
    work,
    String(transactions),
  ];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, LD_PRELOAD: library, SHIM_FOLDER: work, SHIM_LOG: log },
  });
  if (status !== 0) throw new Error(`The recorded run failed: ${String(stderr)}`);
  return readRecording(log);
}

async function look(folder: string, files: ReadonlyMap<string, Buffer>, marks: Marks): Promise<string | undefined> {
  const place = join(folder, "after");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const [file, bytes] of files) writeFileSync(join(place, file), bytes);
  return whatWasLost(join(place, "journal.db"), marks);
}
