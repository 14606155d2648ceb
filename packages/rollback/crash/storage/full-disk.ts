import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJournalError } from "../../src/journal-error.ts";
import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { cloud } from "../cloud.ts";
import type { CrashItem, ItemOutcome } from "../crash-item.ts";

const largestKilobytes = 4_096;
const smallestKilobytes = 2_560; // the reserve, the file, its log, and somebody else's file must fit to begin with
const othersBytes = 1_200_000;
const reserveBytes = 524_288;

/** A small disk fills up: nothing new is begun, and everything open is undone from the reserve, which is filled again when there is room. */
export const fullDisk: CrashItem = {
  name: "full disk",
  perPullRequest: 1,
  perRelease: 12,
  run: async ({ cases }) => {
    if (process.platform !== "linux" || process.getuid?.() !== 0) {
      return { cases: 0, counts: {}, problems: [], skipped: "it needs to mount a small tmpfs: run as root on Linux" };
    }
    const outcomes: ItemOutcome[] = [];
    for (let index = 0; index < cases; index++) {
      const kilobytes = Math.round(
        largestKilobytes - (index * (largestKilobytes - smallestKilobytes)) / Math.max(1, cases - 1),
      );
      outcomes.push(await onDiskOf(kilobytes));
    }
    return {
      cases,
      counts: { undoneWhileFull: outcomes.reduce((sum, { counts }) => sum + (counts.undone ?? 0), 0) },
      problems: outcomes.flatMap(({ problems }) => problems),
    };
  },
};

async function onDiskOf(kilobytes: number): Promise<ItemOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]);
  try {
    const { undone, problems } = await fillAndRollBack(join(folder, "journal"));
    return { cases: 1, counts: { undone }, problems: problems.map((problem) => `${kilobytes} KB: ${problem}`) };
  } finally {
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  }
}

async function fillAndRollBack(
  folder: string,
): Promise<{ readonly undone: number; readonly problems: readonly string[] }> {
  mkdirSync(folder);
  writeFileSync(join(folder, "others"), Buffer.alloc(othersBytes, 1));
  const problems: string[] = [];
  const given = cloud();
  const store = sqliteStore({ path: join(folder, "journal.db") });
  const journal = await openJournal({ store, operations: [given.create] });
  const padding = "x".repeat(2_000);
  const transactions = await Promise.all(Array.from({ length: 8 }, (_, index) => journal.begin(`work ${index}`)));
  let full: unknown;
  for (let step = 0; full === undefined && step < 10_000; step++) {
    const tx = transactions[step % transactions.length]!;
    await tx.run(given.create, { key: `${tx.id}-${step}-${padding}` }).catch((error) => {
      full = error;
    });
  }
  if (!isJournalError(full, "ERR_JOURNAL_FULL")) problems.push(`the disk filled up with ${String(full)}`);
  const made = given.resources.size;
  for (const tx of transactions) {
    const outcome = await tx.rollback("the disk is full").then(({ outcome }) => outcome, String);
    if (outcome !== "rolled-back") problems.push(`a rollback ended: ${outcome}`);
  }
  if (given.resources.size > 0) problems.push(`${given.resources.size} of ${made} resources are left`);
  const { ok, problems: damage } = await journal.verify();
  if (!ok) problems.push(`the journal is damaged: ${damage[0]?.message}`);
  await journal.close();
  return { undone: made, problems: [...problems, ...(await reserveIsBack(folder, given))] };
}

async function reserveIsBack(folder: string, given: ReturnType<typeof cloud>): Promise<readonly string[]> {
  const path = join(folder, "journal.db");
  rmSync(join(folder, "others"));
  const journal = await openJournal({
    store: sqliteStore({ path, ballastBytes: reserveBytes }),
    operations: [given.create],
  });
  const tx = await journal.begin("after");
  const problem = await tx.run(given.create, { key: "after" }).then(() => undefined, String);
  await tx.rollback("done");
  const held = statSync(`${path}-ballast`, { throwIfNoEntry: false })?.size;
  await journal.close();
  const problems = [];
  if (problem !== undefined) problems.push(`nothing can be begun although there is room again: ${problem}`);
  if (held !== reserveBytes) problems.push(`the reserve is not back: ${held} bytes`);
  return problems;
}
