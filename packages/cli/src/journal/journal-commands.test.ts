import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openJournal, type VerifyReport } from "@holdfast/rollback";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { captured } from "../../fixture/captured-io.ts";
import { leftBehind } from "../../fixture/left-behind.ts";
import { operations, sendMail } from "../../fixture/operations.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  path = join(folder, "changes.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function commitOne(): Promise<void> {
  await using journal = await openJournal({ store: sqliteStore({ path, execution: "main" }), operations });
  const tx = await journal.begin("tell ann");
  await tx.run(sendMail, { to: "ann" });
  await tx.commit();
}

const readers = [
  ["journal", "verify"],
  ["journal", "head"],
  ["recovery", "list"],
  ["recovery", "execute"],
  ["recovery", "cleanup", "--older-than", "30d"],
];

test("a sound journal is ok", async () => {
  await commitOne();
  const cli = captured({ cwd: folder });
  expect(await cli.run("journal", "verify", "--journal", "changes.journal")).toBe(0);
  expect(cli.out()).toMatch(/^ok: read 1 transaction and \d+ commits?; the head is \d+:[0-9a-f]{64}\n$/);
});

test("a head kept elsewhere tells that an older copy was put back", async () => {
  await commitOne();
  copyFileSync(path, join(folder, "yesterday"));
  await commitOne();
  const cli = captured();
  await cli.run("journal", "head", "--journal", path);
  const head = cli.out().trim();
  expect(await cli.run("journal", "verify", "--journal", path, "--since", head)).toBe(0);
  copyFileSync(join(folder, "yesterday"), path);
  expect(await cli.run("journal", "verify", "--journal", path, "--since", head)).toBe(1);
  expect(cli.out()).toContain("it is an older copy, or another journal");
});

test.each(readers)("%s %s: a journal that is not there is refused, and not made", async (...args) => {
  const cli = captured();
  expect(await cli.run(...args, "--journal", path)).toBe(1);
  expect(cli.out()).toBe("");
  expect(cli.err()).toContain(`There is no journal ${path}`);
  expect(existsSync(path)).toBe(false);
});

const damages: readonly (readonly [string, (path: string) => void])[] = [
  ["emptied", (file) => truncateSync(file, 0)],
  ["overwritten at its beginning", (file) => void writeSync(openSync(file, "r+"), Buffer.alloc(64), 0, 64, 0)],
  ["of something else", (file) => writeFileSync(file, '{"plans":[]}')],
  ["of an empty database", (file) => emptyDatabase(file)],
];

for (const [what, damage] of damages) {
  test.each(readers)(`a journal ${what} is not an empty one: %s %s`, async (...args) => {
    await commitOne();
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    damage(path);
    const cli = captured();
    expect(await cli.run(...args, "--journal", path)).toBe(1);
    expect(cli.out()).toBe("");
    expect(cli.err()).toMatch(/is not a journal, or is damaged/);
  });
}

test("a journal copied without its write-ahead log is not an empty one", async () => {
  await leftBehind(folder);
  const copy = join(folder, "copy.journal");
  copyFileSync(path, copy);
  const cli = captured();
  expect(await cli.run("recovery", "list", "--journal", copy)).toBe(1);
  expect(cli.err()).toContain("its write-ahead log");
});

test("a changed entry is named, by verify and by the list, and nothing is pruned", async () => {
  await commitOne();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE entries SET body = replace(body, 'ann', 'bob')`);
  database.close();
  const cli = captured();
  const { code, answer } = await cli.json<VerifyReport>("journal", "verify", "--journal", path);
  expect(code).toBe(1);
  expect(answer.problems).toMatchObject([{ what: "transaction" }]);
  expect(await cli.run("recovery", "list", "--journal", path)).toBe(1);
  expect(cli.err()).toContain(answer.problems[0]!.id);
  expect(await cli.run("recovery", "cleanup", "--older-than", "0ms", "--journal", path)).toBe(1);
  expect(cli.err()).toContain("was left as it is");
});

test("a head that is none is a usage error", async () => {
  await commitOne();
  expect(await captured().run("journal", "verify", "--journal", path, "--since", "yesterday")).toBe(64);
});

function emptyDatabase(file: string): void {
  rmSync(file);
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE a (b); DROP TABLE a");
  database.close();
}
