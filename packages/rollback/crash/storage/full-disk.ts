import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJournalError } from "../../src/journal-error.ts";
import { openJournal } from "../../src/open-journal.ts";
import { freeBytes } from "../../src/sqlite/ballast.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { cloud } from "../cloud.ts";
import { addOutcomes, type CrashItem, cannotRun, type ItemOutcome } from "../crash-item.ts";
import { ext4Disk, noExt4, noTmpfs, type SmallDisk, tmpfsDisk } from "./small-disk.ts";

const largestKilobytes = 4_096;
const smallestKilobytes = 256;
const stepKilobytes = 32;
const sizes = (largestKilobytes - smallestKilobytes) / stepKilobytes + 1;
const reserveBytes = 524_288;

/**
 * A small disk fills up: nothing new is begun, and everything open is undone from the reserve, which is filled again when there is room.
 * Where the reserve itself does not fit, nothing can be begun.
 */
export const fullDisk: CrashItem = {
  name: "full disk",
  perPullRequest: 1,
  perRelease: sizes,
  pieceCases: 8,
  run: async ({ first, count }) => {
    const outcomes: ItemOutcome[] = [];
    for (let index = first; index < first + count; index++) {
      const disk = tmpfsDisk(largestKilobytes - index * stepKilobytes);
      if (disk === undefined) return cannotRun(noTmpfs);
      outcomes.push(await onDisk(disk));
    }
    return addOutcomes(outcomes);
  },
};

const ext4Kilobytes = [4_096, 3_072, 2_048];

/** The same on ext4, which reserves space only when it writes, and keeps some for root. */
export const fullDiskExt4: CrashItem = {
  name: "full disk, ext4",
  perPullRequest: 0,
  perRelease: ext4Kilobytes.length,
  run: async ({ first, count }) => {
    const outcomes: ItemOutcome[] = [];
    for (const kilobytes of ext4Kilobytes.slice(first, first + count)) {
      const disk = ext4Disk(kilobytes);
      if (disk === undefined) return cannotRun(noExt4);
      outcomes.push(await onDisk(disk));
    }
    return addOutcomes(outcomes);
  },
};

async function onDisk(disk: SmallDisk): Promise<ItemOutcome> {
  const folder = disk.mount(mkdtempSync(join(tmpdir(), "small-disk-")));
  try {
    const { counts, problems } = await fillAndRollBack(join(folder, "journal"), disk.kilobytes);
    return { cases: 1, counts, problems: problems.map((problem) => `${disk.kilobytes} KB: ${problem}`) };
  } finally {
    disk.unmount();
    rmSync(folder, { recursive: true });
  }
}

type Filled = Pick<ItemOutcome, "counts" | "problems">;

async function fillAndRollBack(folder: string, kilobytes: number): Promise<Filled> {
  mkdirSync(folder);
  writeFileSync(join(folder, "others"), Buffer.alloc(kilobytes * 300, 1)); // somebody else's file takes 30 % of it
  const given = cloud();
  const store = sqliteStore({ path: join(folder, "journal.db") });
  const opened = await openJournal({ store, operations: [given.create] }).catch((error: unknown) => ({ error }));
  if ("error" in opened) return notOpened(opened.error);
  const journal = opened;
  const problems: string[] = [];
  const transactions = await Promise.all(Array.from({ length: 8 }, (_, index) => journal.begin(`work ${index}`)));
  const padding = "x".repeat(2_000);
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
    if (tx.status === "none") continue; // nothing of it was written
    const outcome = await tx.rollback("the disk is full").then(({ outcome }) => outcome, String);
    if (outcome !== "rolled-back") problems.push(`a rollback ended: ${outcome}`);
  }
  if (given.resources.size > 0) problems.push(`${given.resources.size} of ${made} resources are left`);
  const { ok, problems: damage } = await journal.verify();
  if (!ok) problems.push(`the journal is damaged: ${damage[0]?.message}`);
  await journal.close();
  problems.push(...(await reserveIsBack(folder, given)));
  return {
    counts: { "undone while full": made, [made > 0 ? "filled up" : "too small to begin anything"]: 1 },
    problems,
  };
}

function notOpened(error: unknown): Filled {
  const told = isJournalError(error, "ERR_JOURNAL_FULL");
  return { counts: { "too small to open": 1 }, problems: told ? [] : [`opening it failed with ${String(error)}`] };
}

async function reserveIsBack(folder: string, given: ReturnType<typeof cloud>): Promise<readonly string[]> {
  const path = join(folder, "journal.db");
  rmSync(join(folder, "others"));
  const store = sqliteStore({ path, ballastBytes: reserveBytes });
  const journal = await openJournal({ store, operations: [given.create] });
  const tx = await journal.begin("after");
  const problem = await tx.run(given.create, { key: "after" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (tx.status !== "none") await tx.rollback("done");
  const held = statSync(`${path}-ballast`, { throwIfNoEntry: false })?.size;
  await journal.close();
  // It is taken again once as much would be left beside it; the smallest disks never have that.
  if (held !== reserveBytes && freeBytes(path) < 2 * reserveBytes) return [];
  const problems = [];
  if (problem !== undefined) problems.push(`nothing can be begun although there is room again: ${String(problem)}`);
  if (held !== reserveBytes) problems.push(`the reserve is not back: ${held} bytes`);
  return problems;
}
