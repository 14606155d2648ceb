import { randomUUID } from "node:crypto";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { hasCode } from "./has-code.ts";

const pollMs = 20;
const staleMs = 10_000; // far longer than an append takes: whoever held it is gone
const patienceMs = 15_000;

/**
 * Runs `work` while holding `path`.lock, so that processes append and rotate one at a time. A lock left behind by
 * a process that died is taken over after 10 s. Rejects with code `ETIMEDOUT` after 15 s.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const giveUpAt = Date.now() + patienceMs;
  while (!(await take(lock))) {
    await removeIfStale(lock);
    if (Date.now() > giveUpAt) {
      throw Object.assign(
        new Error(`Could not lock ${path} within ${patienceMs} ms; remove ${lock} if no process writes it`),
        {
          code: "ETIMEDOUT",
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs * (0.5 + Math.random())));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx", 0o600);
    await file.close();
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function removeIfStale(lock: string): Promise<void> {
  try {
    if (!(await isStale(lock))) return;
    const removed = `${lock}.${randomUUID()}`;
    await rename(lock, removed);
    // Another process may have taken the lock over between these two: then this one is its own, and goes back.
    try {
      if (!(await isStale(removed))) await link(removed, lock);
    } finally {
      await rm(removed, { force: true });
    }
  } catch (error) {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "EEXIST")) throw error; // released or taken meanwhile
  }
}

async function isStale(lock: string): Promise<boolean> {
  const { mtimeMs } = await stat(lock);
  return Date.now() - mtimeMs > staleMs;
}
