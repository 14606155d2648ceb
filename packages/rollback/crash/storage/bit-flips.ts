import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CrashItem } from "../crash-item.ts";
import { Seeded } from "../simulation/seeded.ts";
import { examine } from "./examine.ts";
import { sampleJournal } from "./sample-journal.ts";

/** One bit of the file is flipped: whatever that changes in a log is noticed, and the other logs still read. */
export const bitFlips: CrashItem = {
  name: "bit flips",
  perPullRequest: 2_000,
  perRelease: 20_000,
  run: async ({ cases, seed }) => {
    const folder = mkdtempSync(join(tmpdir(), "bit-flips-"));
    const random = new Seeded(seed);
    const { path, recordsById } = await sampleJournal(folder);
    const original = readFileSync(path);
    const flipped = join(folder, "flipped.db");
    copyFileSync(path, flipped);
    const counts = { noticed: 0, harmless: 0, otherLogsRead: 0 };
    const problems: string[] = [];
    for (let index = 0; index < cases; index++) {
      const bytes = Buffer.from(original);
      const bit = random.integer(0, bytes.length * 8 - 1);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(flipped, bytes);
      rmSync(`${flipped}-wal`, { force: true });
      rmSync(`${flipped}-shm`, { force: true });
      const { noticed, silent, sound, warnsOf } = await examine(flipped, recordsById);
      if (noticed) counts.noticed += 1;
      else counts.harmless += 1;
      counts.otherLogsRead += sound;
      // A log that lost its end still chains: `verify` must name it, and `recover` asks it first.
      for (const id of silent)
        if (!warnsOf(id)) problems.push(`bit ${bit}: ${id} is not what was written, and nothing warns of it`);
      if (!noticed && sound < recordsById.size) problems.push(`bit ${bit}: a log is gone, and nothing noticed`);
    }
    rmSync(folder, { recursive: true });
    return { cases, counts, problems };
  },
};
