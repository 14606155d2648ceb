import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { verifyJournal } from "../../src/verify.ts";
import type { CrashItem, ItemOutcome } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { Disk, type Survival } from "./disk-states.ts";
import { type DiskCall, readRecording } from "./recording.ts";
import { diskShim, noShim } from "./shim.ts";

const transactions = 40;
const survivals: readonly Survival[] = ["none", "all", "some sectors", "some sectors"];

/** Power is lost between any two calls to the disk: what was acknowledged is there, whole, and nothing else is. */
export const powerLoss: CrashItem = {
  name: "power loss",
  perPullRequest: 10_000,
  perRelease: 100_000,
  run: (scale) => explore(scale.cases, scale.seed),
};

/** The same, with a write-ahead log that is not flushed at each commit (`synchronous = NORMAL`): it must be noticed. */
export const powerLossUnflushed: CrashItem = {
  name: "power loss, planted bug: log not flushed",
  perPullRequest: 200,
  perRelease: 200,
  run: async ({ cases, seed }) => {
    const outcome = await explore(cases, seed, (file) => file.endsWith("-wal"));
    if (outcome.skipped !== undefined) return outcome;
    const caught = outcome.problems.length;
    return { ...outcome, counts: { caught }, problems: caught > 0 ? [] : ["it was not noticed"] };
  },
};

async function explore(states: number, seed: number, lies?: (file: string) => boolean): Promise<ItemOutcome> {
  const library = diskShim();
  if (library === undefined) return { cases: 0, counts: {}, problems: [], skipped: noShim };
  const folder = mkdtempSync(join(tmpdir(), "power-"));
  const calls = record(library, folder);
  const random = new Seeded(seed);
  const disk = new Disk("work", lies);
  const acknowledged = new Set<string>();
  const prunable = new Set<string>();
  const problems: string[] = [];
  const writes = calls.filter(({ kind }) => kind !== "O").length;
  const chance = states / survivals.length / writes;
  let explored = 0;
  for (const [index, call] of calls.entries()) {
    if (call.file === "acknowledged") note(call, acknowledged, prunable);
    else disk.do(call);
    for (let due = chance; due > 0 && random.next() < due; due -= 1) {
      for (const survival of survivals) {
        explored += 1;
        const problem = await look(folder, disk.losePower(survival, random), acknowledged, prunable);
        if (problem !== undefined) problems.push(`after call ${index} (${survival} of the rest): ${problem}`);
      }
    }
  }
  rmSync(folder, { recursive: true });
  return {
    cases: explored,
    counts: { calls: calls.length, acknowledged: acknowledged.size, lost: problems.length },
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

// A mark of the workload: an entry was acknowledged, or what is final is about to be pruned, and may be gone from now on.
function note({ data }: DiskCall, acknowledged: Set<string>, prunable: Set<string>): void {
  for (const line of data.toString("utf8").split("\n").filter(Boolean)) {
    if (line.startsWith("prunable ")) prunable.add(line.slice("prunable ".length));
    else acknowledged.add(line);
  }
}

function idOf(entry: string): string {
  return entry.split("/")[0]!;
}

async function look(
  folder: string,
  files: ReadonlyMap<string, Buffer>,
  acknowledged: ReadonlySet<string>,
  prunable: ReadonlySet<string>,
): Promise<string | undefined> {
  const place = join(folder, "after");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const [file, bytes] of files) writeFileSync(join(place, file), bytes);
  const store = sqliteStore({ path: join(place, "journal.db"), execution: "main", ballastBytes: 0 });
  try {
    await store.open();
    const { ok, problems } = await verifyJournal(store);
    if (!ok) return `${problems[0]!.what} ${problems[0]!.id}: ${problems[0]!.message}`;
    const there = new Set<string>();
    const ids = (await store.list()).map(({ id }) => id);
    for (const id of ids) {
      const { end } = await readLog(store, id);
      for (let position = 0; position < end.position; position++) there.add(`${id}/${position}`);
    }
    const gone = [...acknowledged].find(
      (entry) => !there.has(entry) && !(prunable.has(idOf(entry)) && !ids.includes(idOf(entry))),
    );
    return gone === undefined ? undefined : `the acknowledged entry ${gone} is lost`;
  } catch (error) {
    return String(error);
  } finally {
    await store.close();
  }
}
