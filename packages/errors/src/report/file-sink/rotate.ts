import { rename, rm, stat } from "node:fs/promises";
import { hasCode } from "./has-code.ts";

/** The most files of a log: what a reader looks for. */
export const mostFiles = 100;

/** The files of a log, newest first: `path`, `path`.1, … */
export function filesOf(path: string, maxFiles: number): readonly string[] {
  return Array.from({ length: maxFiles }, (_, age) => (age === 0 ? path : `${path}.${age}`));
}

/** Makes room for `bytes` more: if the file would grow beyond `maxBytes`, it becomes `path`.1 and the oldest goes. */
export async function rotate(path: string, bytes: number, maxBytes: number, maxFiles: number): Promise<void> {
  const size = await sizeOf(path);
  if (size === 0 || size + bytes <= maxBytes) return;
  const files = filesOf(path, maxFiles);
  await rm(files.at(-1) as string, { force: true });
  for (let age = maxFiles - 2; age >= 0; age--) await renameIfThere(files[age] as string, files[age + 1] as string);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
