import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "@holdfast/rollback";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { expect, test } from "vitest";
import { captured } from "../fixture/captured-io.ts";
import { keepNote, makeFile, operations } from "../fixture/operations.ts";

// Secrets in all places that a command reads. They must leave through no command, on neither output.
const secret = "c4n4ry-hunter2";
const key = "AKIAIOSFODNN7EXAMPLE";

test("no secret that a log, a journal or an error holds is printed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-canary-"));
  try {
    const journal = join(folder, "changes.journal");
    await using opened = await openJournal({ store: sqliteStore({ path: journal }), operations });
    const tx = await opened.begin(`password=${secret} for ${key}`);
    await tx.run(makeFile, { path: join(folder, "one"), password: secret });
    await tx.rollback(`password=${secret}`);
    const sealing = await opened.begin("keep a note");
    await sealing.run(keepNote, { note: secret });
    mkdirSync(join(folder, ".holdfast"));
    // As another program may have written it: not redacted.
    const record = {
      ...{ at: Date.now(), kind: "validation", retry: "never", fault: "client", severity: "medium" },
      ...{ name: "ValidationException", message: `password=${secret} for ${key}\u001b[2J`, group: "validation///" },
      ...{ context: { SecretString: secret }, causes: [`password=${secret}`], remediation: [] },
    };
    writeFileSync(join(folder, ".holdfast", "errors.jsonl"), `${JSON.stringify(record)}\n`);
    const error = { name: "ValidationException", message: `password=${secret} ${key}`, SecretString: secret };
    const cli = captured({ cwd: folder, stdin: JSON.stringify(error) });
    for (const json of [[], ["--json"]]) {
      await cli.run("errors", "summary", ...json);
      await cli.run("errors", "export", ...json);
      await cli.run("errors", "export", "--format", "jsonl", ...json);
      await cli.run("errors", "explain", ...json);
      await cli.run("errors", "guidance", `password=${secret}`, ...json);
      await cli.run("recovery", "list", "--all", "--journal", journal, ...json);
      await cli.run("recovery", "details", tx.id, "--journal", journal, ...json);
      await cli.run("recovery", "details", sealing.id, "--journal", journal, ...json);
      await cli.run("recovery", "execute", "--journal", journal, ...json);
    }
    const printed = cli.out() + cli.err();
    expect(printed).toContain("make-file"); // what is to be seen is seen
    expect(printed).toContain("ValidationException");
    expect(printed).toContain("[sealed]");
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(key);
    expect(printed).not.toContain("\u001b"); // nor may a message rewrite the terminal
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
