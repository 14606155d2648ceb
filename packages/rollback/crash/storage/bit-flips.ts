import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalHead } from "../../src/journal-store.ts";
import type { CrashItem } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { examine } from "./examine.ts";
import { sampleJournal } from "./sample-journal.ts";

/**
 * One bit is flipped, of a journal that was closed or of one whose process died: whatever that changes in a log is noticed, and the
 * other logs still read. A flip in the write-ahead log can cut it off there: the head kept elsewhere tells.
 */
export const bitFlips: CrashItem = {
  name: "bit flips",
  perPullRequest: 2_000,
  perRelease: 20_000,
  pieceCases: 500,
  run: async ({ first, count, seed }) => {
    const folder = mkdtempSync(join(tmpdir(), "bit-flips-"));
    const random = new Seeded(seed + first);
    const { path, diedPath, recordsById, head } = await sampleJournal(folder);
    const closed: Originals = { file: readFileSync(path), log: undefined, since: undefined };
    const died: Originals = { file: readFileSync(diedPath), log: readFileSync(`${diedPath}-wal`), since: head };
    const flipped = join(folder, "flipped.db");
    const counts = { noticed: 0, harmless: 0, "other logs read": 0, "of a write-ahead log": 0 };
    const problems: string[] = [];
    for (let index = 0; index < count; index++) {
      const originals = index % 2 === 0 ? closed : died;
      const { place, inLog } = flip(originals, flipped, random);
      if (inLog) counts["of a write-ahead log"] += 1;
      const { noticed, silent, sound, warnsOf } = await examine(flipped, recordsById, originals.since);
      if (noticed) counts.noticed += 1;
      else counts.harmless += 1;
      counts["other logs read"] += sound;
      // A log that lost its end still chains: `verify` must name it, and `recover` asks it first.
      for (const id of silent)
        if (!warnsOf(id)) problems.push(`${place}: ${id} is not what was written, and nothing warns of it`);
      if (!noticed && sound < recordsById.size) problems.push(`${place}: a log is gone, and nothing noticed`);
    }
    rmSync(folder, { recursive: true });
    return { cases: count, counts, problems };
  },
};

interface Originals {
  readonly file: Buffer;
  readonly log: Buffer | undefined;
  readonly since: JournalHead | undefined;
}

function flip({ file, log }: Originals, path: string, random: Seeded) {
  for (const rest of ["-wal", "-shm"]) rmSync(`${path}${rest}`, { force: true });
  const bytes = Buffer.concat([file, log ?? Buffer.alloc(0)]);
  const bit = random.integer(0, bytes.length * 8 - 1);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, bytes.subarray(0, file.length));
  if (log !== undefined) writeFileSync(`${path}-wal`, bytes.subarray(file.length));
  return { place: `bit ${bit} of ${bytes.length * 8}`, inLog: bit >> 3 >= file.length };
}
