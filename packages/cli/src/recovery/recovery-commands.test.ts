import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { manualClock } from "@holdfast/errors/testing";
import {
  type Journal,
  openJournal,
  type RollbackReport,
  type TransactionSummary,
  type TransactionView,
} from "@holdfast/rollback";
import type { RecoveryReport } from "@holdfast/rollback/recovery";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Captured, captured } from "../../fixture/captured-io.ts";
import { leftBehind, operationsModule } from "../../fixture/left-behind.ts";
import { operations, sendMail } from "../../fixture/operations.ts";
import type { RecoveryPreview } from "./recovery-preview.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  path = join(folder, "changes.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => ["one", "two"].filter((name) => existsSync(join(folder, name)));
const open = (cli: Captured) =>
  cli.json<{ readonly transactions: readonly (TransactionSummary & { readonly ownerState: string })[] }>(
    "recovery",
    "list",
    "--journal",
    path,
  );
const idOf = async () => (await open(captured())).answer.transactions[0]!.id;

describe("after a process was killed", () => {
  test("the list has its transaction, and that nobody owns it", async () => {
    await leftBehind(folder);
    const { code, answer } = await open(captured());
    expect(code).toBe(0);
    expect(answer.transactions).toMatchObject([
      { description: "make two files", status: "active", ownerState: "dead" },
    ]);
  });

  test("execute without operations does nothing, says what is missing, and ends with 5", async () => {
    await leftBehind(folder);
    const cli = captured();
    expect(await cli.run("recovery", "execute", "--journal", path)).toBe(5);
    expect(cli.out()).toMatch(/2 +make-file@1 +undo \(no handler is given\)\n +1 +make-file@1 +undo \(no handler/);
    expect(cli.err()).toContain("nothing was done: handlers are missing. Give --operations");
    expect(files()).toEqual(["one", "two"]);
    expect((await open(cli)).answer.transactions).toMatchObject([{ status: "active", epoch: 1 }]);
  });

  test("a dry run lists the plan and changes nothing", async () => {
    await leftBehind(folder, "mail");
    const { code, answer } = await captured().json<RecoveryPreview & { readonly executed: boolean }>(
      ...["recovery", "execute", "--journal", path, "--operations", operationsModule, "--dry-run"],
    );
    expect(code).toBe(0);
    expect(answer).toMatchObject({ executed: false, transactions: [{ action: "roll back", missingHandlers: [] }] });
    expect(answer.transactions[0]!.steps.map(({ step, action }) => [step, action])).toEqual([
      [3, "undo"],
      [2, "park"],
      [1, "undo"],
    ]);
    expect(files()).toEqual(["one", "two"]);
    expect((await open(captured())).answer.transactions).toMatchObject([{ status: "active" }]);
  });

  test("execute undoes it, last first, and a second time finds nothing", async () => {
    await leftBehind(folder);
    const cli = captured();
    const execute = ["recovery", "execute", "--journal", path, "--operations", operationsModule];
    const { code, answer } = await cli.json<RecoveryReport>(...execute);
    expect(code).toBe(0);
    expect(answer.transactions).toMatchObject([{ outcome: "rolled-back" }]);
    const { answer: view } = await cli.json<TransactionView>(
      ...["recovery", "details", answer.transactions[0]!.id, "--journal", path],
    );
    expect(view.records.filter(({ type }) => type === "UNDONE")).toMatchObject([{ step: 2 }, { step: 1 }]);
    expect(files()).toEqual([]);
    expect(await captured().run(...execute)).toBe(0);
  });

  test("a relative path to the operations is taken from where the command runs", async () => {
    await leftBehind(folder);
    writeFileSync(
      join(folder, "mine.ts"),
      `export { operations as default } from ${JSON.stringify(operationsModule)};`,
    );
    const cli = captured({ cwd: folder });
    expect(await cli.run("recovery", "execute", "--journal", path, "--operations", "mine.ts")).toBe(0);
    expect(files()).toEqual([]);
  });

  test("a transaction for which a handler is missing is left as it is", async () => {
    await leftBehind(folder);
    writeFileSync(
      join(folder, "mail.ts"),
      `import { sendMail } from ${JSON.stringify(operationsModule)}; export const operations = [sendMail];`,
    );
    const cli = captured({ cwd: folder });
    expect(await cli.run("recovery", "execute", "--journal", path, "--operations", "./mail.ts")).toBe(5);
    expect(cli.out()).toContain("left: no handler for make-file@1");
    expect(files()).toEqual(["one", "two"]);
    expect((await open(cli)).answer.transactions).toMatchObject([{ status: "active", epoch: 1 }]);
  });

  test.each(["skip", "manual"])("strategy %s leaves it, and ends with 5", async (strategy) => {
    await leftBehind(folder);
    const execute = ["recovery", "execute", "--journal", path, "--operations", operationsModule];
    expect(await captured().run(...execute, "--strategy", strategy)).toBe(5);
    expect(files()).toEqual(["one", "two"]);
  });

  test("guided asks until the answer is clear, and does what it says", async () => {
    await leftBehind(folder);
    const lines = ["what?", "Leave"];
    const ask = async (question: string): Promise<string> => {
      expect(question).toContain("Roll back");
      return lines.shift() ?? "";
    };
    const guided = ["recovery", "execute", "--journal", path, "--operations", operationsModule, "--strategy", "guided"];
    const cli = captured({ ask });
    expect(await cli.run(...guided)).toBe(5);
    expect(lines).toEqual([]);
    expect(cli.err()).toContain("description: make two files");
    expect(files()).toEqual(["one", "two"]);
    lines.push("rollback");
    expect(await captured({ ask }).run(...guided)).toBe(0);
    expect(files()).toEqual([]);
  });

  test("a damaged transaction is not undone", async () => {
    await leftBehind(folder);
    const database = new DatabaseSync(path);
    database.exec(`UPDATE entries SET body = replace(body, 'one', 'own')`);
    database.close();
    const execute = ["recovery", "execute", "--journal", path];
    const cli = captured();
    expect(await cli.run(...execute)).toBe(1);
    expect(cli.out()).toContain("leave: it is damaged");
    expect(await cli.run(...execute, "--operations", operationsModule)).toBe(1);
    expect(cli.out()).toMatch(/ damaged /);
    expect(files()).toEqual(["one", "two"]);
  });

  test("an interruption leaves it open", async () => {
    await leftBehind(folder);
    const execute = ["recovery", "execute", "--journal", path, "--operations", operationsModule];
    const cli = captured({ interrupted: () => AbortSignal.abort(new Error("Interrupted by SIGINT")) });
    expect(await cli.run(...execute)).toBe(1);
    expect(cli.err()).toContain("Interrupted by SIGINT");
    expect((await open(captured())).answer.transactions).toHaveLength(1);
    expect(await captured().run(...execute)).toBe(0);
  });

  test("guided without a terminal is refused", async () => {
    await leftBehind(folder);
    const cli = captured();
    expect(await cli.run("recovery", "execute", "--journal", path, "--strategy", "guided")).toBe(64);
    expect(cli.err()).toContain("asks at a terminal, and there is none");
  });

  test("what a living process owns is left alone", async () => {
    await using journal = await openJournal({ store: sqliteStore({ path }), operations, leaseMs: 300 });
    const tx = await journal.begin("at work");
    await tx.run(sendMail, { to: "ann" });
    const { answer } = await open(captured());
    expect(answer.transactions).toMatchObject([{ ownerState: "unsure" }]);
    const { answer: report } = await captured().json<RecoveryReport>(
      ...["recovery", "execute", "--journal", path, "--operations", operationsModule],
    );
    expect(report.transactions).toMatchObject([{ outcome: "owned" }]);
    await tx.commit();
  });
});

describe("what waits for a person", () => {
  const decide = (id: string, ...rest: readonly string[]) => [
    ...["recovery", "decide", id, ...rest, "--journal", path, "--who", "ann", "--why", "she was told"],
  ];

  async function parked(): Promise<string> {
    await leftBehind(folder, "mail");
    const cli = captured();
    expect(await cli.run("recovery", "execute", "--journal", path, "--operations", operationsModule)).toBe(5);
    expect(cli.out()).toContain("step 2 (send-mail) parked: irreversible");
    return idOf();
  }

  test("of permissions is tried again as a whole", async () => {
    await leftBehind(folder);
    const source = `export { operations } from ${JSON.stringify(operationsModule)};`;
    const check = "export const checkPermissions = async (needed) => needed;"; // none is there
    writeFileSync(join(folder, "denied.ts"), `${source} ${check}`);
    const cli = captured({ cwd: folder });
    expect(await cli.run("recovery", "execute", "--journal", path, "--operations", "./denied.ts")).toBe(5);
    expect(cli.out()).toContain(`lacks file:Remove on ${join(folder, "one")}`);
    expect(files()).toEqual(["one", "two"]);
    const id = await idOf();
    expect(await cli.run(...decide(id, "all", "retry"))).toBe(1); // without handlers
    expect(await cli.run(...decide(id, "all", "retry"), "--operations", operationsModule)).toBe(0);
    expect(files()).toEqual([]);
  });

  test("of undos that failed is tried again step by step, last first, once the cause is gone", async () => {
    const ids = await parkedFiles(5);
    const tried = () => readFileSync(join(folder, "tried"), "utf8").trim().split("\n");
    writeFileSync(join(folder, "tried"), "");
    const failing = captured({ cwd: folder });
    expect(await failing.run(...decide(ids, "all", "retry"), "--operations", "./stubborn.ts")).toBe(5);
    expect(new Set(tried())).toEqual(new Set(["5", "4", "3"])); // three in a row: the cause is not gone
    rmSync(join(folder, "stubborn"));
    writeFileSync(join(folder, "tried"), "");
    const cli = captured({ cwd: folder });
    expect(await cli.run(...decide(ids, "all", "retry"))).toBe(1); // without handlers
    expect(cli.err()).toContain("make@1");
    expect(await cli.run(...decide(ids, "all", "retry"), "--operations", "./stubborn.ts")).toBe(0);
    expect(tried()).toEqual(["5", "4", "3", "2", "1"]);
  });

  /** A journal with so many parked undos of `stubborn.ts`, which fails while a file named `stubborn` is there. */
  async function parkedFiles(count: number): Promise<string> {
    const rollback = JSON.stringify(import.meta.resolve("@holdfast/rollback"));
    const source = `import { appendFileSync, existsSync } from "node:fs";
import { defineOperation } from ${rollback};
export const operations = [defineOperation({
  name: "make", version: 1, class: "undoable", consistencyMs: 0,
  apply: () => {}, probe: () => ({ state: "applied" }),
  compensate: ({ key }) => {
    appendFileSync(${JSON.stringify(join(folder, "tried"))}, key + "\\n");
    if (existsSync(${JSON.stringify(join(folder, "stubborn"))})) throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
  },
})];`;
    writeFileSync(join(folder, "stubborn.ts"), source);
    writeFileSync(join(folder, "stubborn"), "");
    const { operations: stubborn } = await import(/* @vite-ignore */ join(folder, "stubborn.ts"));
    await using journal = await openJournal({ store: sqliteStore({ path }), operations: stubborn });
    const tx = await journal.begin("make some");
    for (let key = 1; key <= count; key += 1) await tx.run(stubborn[0], { key: String(key) });
    expect(await tx.rollback("test")).toMatchObject({ outcome: "parked" });
    return tx.id;
  }

  test("is decided, written down with who and why, and the rollback ends", async () => {
    const id = await parked();
    const { code, answer } = await captured().json<RollbackReport>(...decide(id, "2", "resolved"));
    expect(code).toBe(0);
    expect(answer).toMatchObject({ outcome: "rolled-back", partial: true });
    const cli = captured();
    expect(await cli.run("recovery", "details", id, "--journal", path)).toBe(0);
    expect(cli.out()).toContain("status: rolled-back (partial)");
    expect(cli.out()).toMatch(/decided .* by ann: resolved step 2 \(she was told\)/);
    expect(await cli.run("recovery", "list", "--journal", path)).toBe(0);
    expect(cli.out()).toContain("Nothing is open.");
  });

  test("retry without its handler writes nothing", async () => {
    const id = await parked();
    const cli = captured();
    expect(await cli.run(...decide(id, "2", "retry"))).toBe(1);
    expect(cli.err()).toContain("needs handlers that are not there: send-mail@1. Nothing was written");
    expect((await open(cli)).answer.transactions).toMatchObject([{ status: "parked" }]);
  });

  test("retry of what cannot be undone parks it again, and ends with 5", async () => {
    const id = await parked();
    expect(await captured().run(...decide(id, "2", "retry"), "--operations", operationsModule)).toBe(5);
  });

  test.each([
    ["1", "skip", "Step 1 of"],
    ["9", "skip", "does not exist"],
  ])("step %s is not for deciding", async (step, decision, message) => {
    const id = await parked();
    const cli = captured();
    expect(await cli.run(...decide(id, step, decision))).toBe(1);
    expect(cli.err()).toContain(message);
  });

  test("what is not parked, or not there, is not for deciding", async () => {
    await leftBehind(folder);
    const cli = captured();
    expect(await cli.run(...decide(await idOf(), "1", "skip"))).toBe(1);
    expect(cli.err()).toContain("is active: only what is parked");
    expect(await cli.run(...decide("nothing", "1", "skip"))).toBe(1);
    expect(cli.err()).toContain("There is no transaction nothing");
  });

  test.each([
    ["0", "skip"],
    ["two", "skip"],
    ["2", "forget"],
    ["all", "skip"],
  ])("usage: decide %s %s", async (step, decision) => {
    expect(await captured().run(...decide("id", step, decision))).toBe(64);
  });
});

describe("clean-up", () => {
  const dayMs = 86_400_000;
  const now = Date.now();

  async function committedDaysAgo(...days: readonly number[]): Promise<void> {
    for (const day of days) {
      await withClock(now - day * dayMs, async (journal) => {
        const tx = await journal.begin(`${day} days ago`);
        await tx.run(sendMail, { to: "ann" });
        await tx.commit();
      });
    }
  }

  async function withClock(at: number, work: (journal: Journal) => Promise<void>): Promise<void> {
    const store = sqliteStore({ path, execution: "main" });
    await using journal = await openJournal({ store, operations, clock: manualClock(at) });
    await work(journal);
  }

  const left = async (): Promise<readonly string[]> => {
    const cli = captured();
    const { answer } = await cli.json<{ readonly transactions: readonly TransactionSummary[] }>(
      ...["recovery", "list", "--all", "--journal", path],
    );
    return answer.transactions.map(({ description }) => description);
  };

  test.each([
    ["24d", ["10 days ago"]],
    ["25d", ["10 days ago"]],
    ["30d", ["10 days ago", "29 days ago"]],
    ["365d", ["10 days ago", "29 days ago", "31 days ago"]],
  ])("of what is older than %s", async (age, expected) => {
    await committedDaysAgo(400, 31, 29, 10);
    const cli = captured();
    const { answer: would } = await cli.json<{ readonly transactions: readonly string[] }>(
      ...["recovery", "cleanup", "--journal", path, "--older-than", age, "--dry-run"],
    );
    expect(await left()).toHaveLength(4);
    const { code, answer: deleted } = await cli.json<{ readonly transactions: readonly string[] }>(
      ...["recovery", "cleanup", "--journal", path, "--older-than", age],
    );
    expect(code).toBe(0);
    expect(deleted.transactions.toSorted()).toEqual(would.transactions.toSorted());
    expect((await left()).toSorted()).toEqual(expected);
  });

  test("never of what is open, however old", async () => {
    await leftBehind(folder);
    const cli = captured({ now: () => now + 90 * dayMs });
    expect(await cli.run("recovery", "cleanup", "--journal", path, "--older-than", "0ms")).toBe(0);
    expect(cli.out()).toContain("Deleted 0 transactions");
    expect(await left()).toEqual(["make two files"]);
  });

  test("needs an age with a unit", async () => {
    await committedDaysAgo(1);
    expect(await captured().run("recovery", "cleanup", "--journal", path)).toBe(64);
    expect(await captured().run("recovery", "cleanup", "--journal", path, "--older-than", "30")).toBe(64);
  });
});

test.each([
  ["export const nothing = 1;", 64, "has no operations"],
  ["export default [{ name: 'x' }];", 64, "has no operations"],
  ["throw new Error('no region');", 1, "because no region"],
])("operations from %j are refused", async (source, code, message) => {
  await leftBehind(folder);
  writeFileSync(join(folder, "bad.mjs"), source);
  const cli = captured({ cwd: folder });
  expect(await cli.run("recovery", "execute", "--journal", path, "--operations", "./bad.mjs")).toBe(code);
  expect(cli.err()).toContain(message);
  expect(files()).toEqual(["one", "two"]);
});

test("operations from a package that is not there are refused", async () => {
  await leftBehind(folder);
  const cli = captured({ cwd: folder });
  expect(await cli.run("recovery", "execute", "--journal", path, "--operations", "not-installed")).toBe(1);
  expect(cli.err()).toContain("Could not find not-installed from");
});
