import { redact } from "@holdfast/errors";
import type { Journal } from "@holdfast/rollback";
import { withJournal } from "../journal/with-journal.ts";
import { counted } from "../print/counted.ts";
import { allTransactions } from "../recovery/all-transactions.ts";
import { ownerState } from "../recovery/owner-state.ts";
import { type Check, type CheckContext, fail, ok, warn } from "./check.ts";
import { sqliteFloor } from "./sqlite-check.ts";
import { isAtLeast } from "./version.ts";

const clockToleranceMs = 300_000;

/** The journal: on a local disk, readable, as it was written; and what waits in it. */
export async function journalCheck({ io, journal: path }: CheckContext): Promise<readonly Check[]> {
  const name = "journal";
  if (path === undefined) return [ok(name, "None was given (--journal)")];
  if (!isAtLeast(io.versions.sqlite ?? "0", sqliteFloor)) {
    return [
      fail(name, "It was not opened: this SQLite could damage it while another process writes", "See sqlite, above"),
    ];
  }
  try {
    return await withJournal(io, path, async (journal) => [
      ...(await soundness(journal)),
      ...(await waiting(journal, io.now())),
    ]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [fail(name, redact(message) as string, "Put it right before anything writes it")];
  }
}

async function soundness(journal: Journal): Promise<readonly Check[]> {
  const { ok: sound, problems, transactions, commits } = await journal.verify();
  if (sound)
    return [
      ok(
        "journal",
        `Local, readable and whole: ${counted(transactions, "transaction")}, ${counted(commits, "commit")}`,
      ),
    ];
  return [
    fail(
      "journal",
      `Damaged in ${counted(problems.length, "place")}`,
      "See `holdfast journal verify`, and restore a copy",
    ),
  ];
}

async function waiting(journal: Journal, now: number): Promise<readonly Check[]> {
  const open = await allTransactions(journal, { open: true });
  const owners = await Promise.all(open.map((summary) => ownerState(journal, summary)));
  const count = (state: string) => owners.filter((owner) => owner === state).length;
  const checks: Check[] = [];
  if (count("dead") > 0) {
    checks.push(
      warn(
        "recovery",
        `${counted(count("dead"), "open transaction")} without an owner`,
        "Run `holdfast recovery execute`",
      ),
    );
  }
  if (count("person") > 0) {
    checks.push(
      warn(
        "recovery",
        `${counted(count("person"), "transaction")} for a person to decide`,
        "See `holdfast recovery list`",
      ),
    );
  }
  if (open.some(({ changedAt }) => changedAt > now + clockToleranceMs)) {
    checks.push(warn("clock", "The journal has entries of the future: the clock was, or is, wrong", "Set it by NTP"));
  }
  return checks;
}
