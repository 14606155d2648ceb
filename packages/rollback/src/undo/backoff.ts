import type { JournalRuntime } from "../journal-runtime.ts";

/** The pause after a failed attempt: uniform in [0, min(maxMs, baseMs · 2^(attempt−1))], or the server's hint if longer. */
export function backoffMs(
  { undo, random }: Pick<JournalRuntime, "undo" | "random">,
  attempt: number,
  retryAfterMs: number | undefined,
): number {
  const longest = Math.min(undo.maxMs, undo.baseMs * 2 ** Math.min(attempt - 1, 31));
  return Math.max(random() * longest, Math.min(undo.maxMs, retryAfterMs ?? 0));
}
