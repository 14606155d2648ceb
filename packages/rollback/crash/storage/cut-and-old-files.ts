import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { cloud } from "../cloud.ts";
import { type CrashItem, everyCase } from "../crash-item.ts";
import { examine } from "./examine.ts";
import { sampleJournal } from "./sample-journal.ts";

const sector = 512;

/** The file is cut at a sector, or yesterday's is put back: neither passes for a sound journal. */
export const cutAndOldFiles: CrashItem = {
  name: "cut and old files",
  perPullRequest: 200,
  perRelease: everyCase,
  run: async ({ count: cases, seed }) => {
    const folder = mkdtempSync(join(tmpdir(), "cut-"));
    const { path, recordsById } = await sampleJournal(folder);
    const problems = [...(await putBackOld(path))];
    const whole = readFileSync(path);
    const cut = join(folder, "cut.db");
    const places = Math.floor(whole.length / sector);
    const count = Math.min(cases, places);
    for (let index = 0; index < count; index++) {
      const at = (count === places ? index : (seed + index * Math.floor(places / count)) % places) * sector;
      writeFileSync(cut, whole.subarray(0, at));
      for (const rest of ["-wal", "-shm"]) rmSync(`${cut}${rest}`, { force: true });
      const { noticed, silent, sound, warnsOf } = await examine(cut, recordsById);
      // Cut to nothing it is a new journal: only a head kept elsewhere can tell.
      if (at === 0) continue;
      const unnamed = silent.find((id) => !warnsOf(id));
      if (unnamed !== undefined)
        problems.push(`cut at ${at}: ${unnamed} is not what was written, and nothing warns of it`);
      if (!noticed && sound < recordsById.size) problems.push(`cut at ${at}: logs are gone, and nothing noticed`);
    }
    rmSync(folder, { recursive: true });
    return { cases: count, counts: { cut: count, old: 1 }, problems };
  },
};

async function putBackOld(path: string): Promise<readonly string[]> {
  const yesterday = `${path}-yesterday`;
  copyFileSync(path, yesterday);
  const given = cloud();
  const journal = await openJournal({ store: sqliteStore({ path, ballastBytes: 0 }), operations: [given.create] });
  const tx = await journal.begin("today");
  try {
    await tx.run(given.create, { key: "today" });
    await tx.commit();
  } finally {
    await tx[Symbol.asyncDispose]();
  }
  const head = await journal.head();
  const sound = await journal.verify({ since: head });
  await journal.close();
  copyFileSync(yesterday, path);
  const old = await openJournal({ store: sqliteStore({ path, ballastBytes: 0 }), operations: [given.create] });
  const report = await old.verify({ since: head });
  await old.close();
  copyFileSync(yesterday, path); // without what opening it wrote
  const problems = [];
  if (!sound.ok) problems.push(`a sound journal is called damaged: ${sound.problems[0]?.message}`);
  if (report.ok) problems.push("yesterday's file was put back, and nothing noticed");
  return problems;
}
