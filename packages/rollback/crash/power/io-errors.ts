import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLog } from "../../src/read-log.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { verifyJournal } from "../../src/verify.ts";
import { noShim } from "../build-shim.ts";
import { type CrashItem, cannotRun, everyCase, runCases } from "../crash-item.ts";
import { diskShim } from "./disk-shim.ts";

const transactions = 3;
const lanes = 4;

/** The n-th open, write or flush fails, for every n: nothing is acknowledged after it on that handle, and what was is there. */
export const ioErrors: CrashItem = {
  name: "input and output errors",
  perPullRequest: everyCase,
  perRelease: everyCase,
  run: async ({ count: cases }) => {
    const library = diskShim();
    if (library === undefined) return cannotRun(noShim);
    let failed = 0;
    const problems: string[] = [];
    for (let first = 1; first <= cases; first += lanes * 4) {
      let clean = 0;
      const outcome = await runCases({ first, count: lanes * 4, seed: 0 }, lanes, async (failAt) => {
        const run = await failingRun(library, failAt);
        if (run.failed) failed += 1;
        else clean += 1;
        return { counts: {}, problems: run.problems };
      });
      problems.push(...outcome.problems);
      if (clean === lanes * 4) break; // no call is left to fail
    }
    return { cases: failed, counts: {}, problems };
  },
};

async function failingRun(
  library: string,
  failAt: number,
): Promise<{ readonly failed: boolean; readonly problems: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "eio-"));
  const work = join(folder, "work");
  mkdirSync(work);
  const program = fileURLToPath(new URL("./workload.ts", import.meta.url));
  const args = [
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    program,
    work,
    String(transactions),
  ];
  const env = { ...process.env, LD_PRELOAD: library, SHIM_FOLDER: join(work, "journal"), SHIM_FAIL_AT: String(failAt) };
  await once(spawn(process.execPath, args, { env, stdio: "ignore" }), "exit");
  const marks = readFileSync(join(work, "acknowledged"), "utf8").split("\n").filter(Boolean);
  const problems = await check(
    join(work, "journal.db"),
    marks.filter((mark) => mark.includes("/")),
  );
  if (marks.includes("after failure")) problems.push("something was acknowledged after an error");
  rmSync(folder, { recursive: true });
  return { failed: marks.includes("failed"), problems };
}

async function check(path: string, acknowledged: readonly string[]): Promise<string[]> {
  const store = sqliteStore({ path, execution: "main", ballastBytes: 0 });
  try {
    await store.open();
    const { ok, problems } = await verifyJournal(store);
    if (!ok) return [`the journal is damaged: ${problems[0]!.message}`];
    for (const entry of acknowledged) {
      const [id, position] = entry.split("/");
      const { end } = await readLog(store, id!);
      if (end.position <= Number(position)) return [`the acknowledged entry ${entry} is lost`];
    }
    return [];
  } catch (error) {
    return [String(error)];
  } finally {
    await store.close();
  }
}
