import { resolve } from "node:path";
import { type Journal, type JournalOptions, openJournal } from "@holdfast/rollback";
import type { CliIo } from "../cli-io.ts";
import { requireJournalFile } from "./journal-file.ts";

/** What a journal is opened with beside its file; none for commands that only read. */
export type JournalHandlers = Pick<JournalOptions, "operations" | "keys" | "checkPermissions">;

/** Opens a journal that exists, works with it, and closes it. Never makes one. */
export async function withJournal<T>(
  io: CliIo,
  file: string,
  work: (journal: Journal) => Promise<T>,
  handlers: JournalHandlers = { operations: [] },
): Promise<T> {
  const path = resolve(io.cwd, file);
  requireJournalFile(path);
  // Only now: a Node without node:sqlite can still explain errors, and one that warns of it does so only for journals.
  const { sqliteStore } = await import("@holdfast/rollback/sqlite");
  const journal = await openJournal({ store: sqliteStore({ path, execution: "main" }), ...handlers });
  try {
    return await work(journal);
  } finally {
    await journal.close();
  }
}
