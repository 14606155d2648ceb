import { type Check, type CheckContext, fail, ok } from "./check.ts";
import { isAtLeast } from "./version.ts";

/** The first SQLite without the bug by which two processes that write at once may corrupt a file in WAL mode. */
export const sqliteFloor = "3.51.3";

export function sqliteCheck({ io }: CheckContext): readonly Check[] {
  const { sqlite } = io.versions;
  if (sqlite === undefined) {
    return [fail("sqlite", "This Node has no SQLite built in", "Install Node 24.15.0 or later from nodejs.org")];
  }
  if (isAtLeast(sqlite, sqliteFloor)) return [ok("sqlite", `SQLite ${sqlite}`)];
  return [
    fail(
      "sqlite",
      `SQLite ${sqlite} may corrupt a journal that two processes write at once (the WAL-reset bug, fixed in ${sqliteFloor})`,
      "Install Node 24.15.0 or later; until then let one process at a time use a journal, this command included",
    ),
  ];
}
