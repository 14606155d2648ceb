import { mkdirSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder that only its owner can enter, and those above it that are missing. One by one, from the first that exists: Node's own
 * recursive way never ends where the system says of a folder that is there that it is not (`/proc/x/y`).
 */
export function makeFolder(path: string): void {
  for (const folder of missingFolders(path)) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was faster
    }
  }
}

function missingFolders(path: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = path; statsOf(folder) === undefined; folder = dirname(folder)) {
    missing.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  return missing;
}

function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
