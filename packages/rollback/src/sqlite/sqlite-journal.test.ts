import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { allCases } from "../../crash/crash-item.ts";
import { bitFlips } from "../../crash/storage/bit-flips.ts";
import { cutAndOldFiles } from "../../crash/storage/cut-and-old-files.ts";
import { fullDisk } from "../../crash/storage/full-disk.ts";
import { defineOperation } from "../define-operation.ts";
import type { KeyProvider } from "../key-provider.ts";
import { openJournal } from "../open-journal.ts";
import { recover } from "../recovery/recover.ts";
import { refuseNetworkFileSystem } from "./file-system.ts";
import { OwnerLocks } from "./owner-lock.ts";
import { mayShareFile } from "./shared-file.ts";
import { sqliteStore } from "./sqlite-store.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal.db");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Login {
  readonly user: string;
  readonly password: string;
}

const undoneWith: unknown[] = [];
const login = defineOperation({
  name: "login",
  version: 1,
  class: "undoable",
  sensitive: ["input.password", "output.token"],
  apply: ({ user }: Login) => ({ user, token: `t0ken of ${user}` }),
  compensate: (input, { output }) => void undoneWith.push(input, output),
});

function open(keys?: KeyProvider) {
  return openJournal({
    store: sqliteStore({ path, ballastBytes: 65_536 }),
    operations: [login],
    settleMarginMs: 0,
    keys,
  });
}

/** Every byte of every file of the store. */
function everyByte(): Buffer {
  return Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file)),
  );
}

describe("sensitive fields", () => {
  test("are in no byte of any file, while the transaction is open and after; nor is their key, once it has ended", async () => {
    const dataKeys: Buffer[] = [];
    const keys: KeyProvider = {
      wrap: (key) => {
        dataKeys.push(Buffer.from(key));
        return key;
      },
      unwrap: (wrapped) => wrapped,
    };
    const journal = await open(keys);
    const committed = await journal.begin("committed");
    await committed.run(login, { user: "ann", password: "hunter2" });
    const undone = await journal.begin("undone");
    await undone.run(login, { user: "bob", password: "correct horse" });
    const during = everyByte();
    expect(during.includes("ann")).toBe(true);
    for (const canary of ["hunter2", "correct horse", "t0ken of"]) expect(during.includes(canary)).toBe(false);
    for (const key of dataKeys) expect(during.includes(key)).toBe(true);

    await committed.commit();
    await undone.rollback("no");
    expect(undoneWith).toEqual([
      { user: "bob", password: "correct horse" },
      { user: "bob", token: "t0ken of bob" },
    ]);
    const after = everyByte();
    for (const canary of ["hunter2", "correct horse", "t0ken of", ...dataKeys])
      expect(after.includes(canary)).toBe(false);
    expect((await journal.show(committed.id)).erased).toBe(true);
    await journal.close();
  });

  test("can be undone with after a crash, with a key that a provider unwraps; the plain key is in no byte", async () => {
    const plain: Buffer[] = [];
    const flipped = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a); // stands for KMS
    const keys: KeyProvider = {
      wrap: (key) => {
        plain.push(Buffer.from(key));
        return flipped(key);
      },
      unwrap: flipped,
    };
    undoneWith.length = 0;
    const first = await open(keys);
    const tx = await first.begin("left");
    await tx.run(login, { user: "eve", password: "hunter2" });
    await first.close();
    expect(everyByte().includes(plain[0]!)).toBe(false);
    const journal = await open(keys);
    expect(await recover(journal)).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
    expect(undoneWith[0]).toEqual({ user: "eve", password: "hunter2" });
    await journal.close();
  });

  test("whose key is gone park their step; nothing is undone with half of its input", async () => {
    const first = await open();
    const tx = await first.begin("left");
    await tx.run(login, { user: "eve", password: "hunter2" });
    await first.close();
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM data_keys");
    database.close();
    const journal = await open();
    expect(await journal.rollback(tx.id)).toMatchObject({
      outcome: "parked",
      parked: [{ reason: "unreadable-input" }],
    });
    await journal.close();
  });
});

describe("owners", () => {
  test("a lock is held while its process lives, and free at once when it is killed", async () => {
    const program = `import { OwnerLocks } from ${JSON.stringify(new URL("./owner-lock.ts", import.meta.url).href)};
      const locks = new OwnerLocks(${JSON.stringify(folder)}); locks.hold("it"); console.log("held");
      setInterval(() => locks, 1000); // referred to: the lock would go with the garbage`;
    const child = spawn(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      program,
    ]);
    await once(child.stdout, "data");
    const locks = new OwnerLocks(folder);
    expect(locks.isFree("it")).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(locks.isFree("it")).toBe(true);
    expect(locks.isFree("nobody")).toBe(true);
  });

  test("what a killed process left can be recovered without waiting for its lease, which is longer than this test may take", async () => {
    const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const program = `import { defineOperation } from ${url("../define-operation.ts")};
      import { openJournal } from ${url("../open-journal.ts")};
      import { sqliteStore } from ${url("./sqlite-store.ts")};
      const noop = { name: "noop", version: 1, class: "undoable", done: "sync", apply() {}, compensate() {} };
      const operation = defineOperation(noop);
      const store = sqliteStore({ path: ${JSON.stringify(path)}, ballastBytes: 0 });
      const journal = await openJournal({ store, operations: [operation], leaseMs: 3_600_000 });
      await (await journal.begin("left")).run(operation, {});
      console.log("done");
      setInterval(() => journal, 1000);`;
    const file = join(folder, "left.mjs");
    writeFileSync(file, program);
    const child = spawn(process.execPath, [
      "--conditions=@holdfast/source",
      "--disable-warning=ExperimentalWarning",
      file,
    ]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const noop = defineOperation({
      name: "noop",
      version: 1,
      class: "undoable",
      apply: () => {},
      compensate: () => {},
    });
    const store = sqliteStore({ path, ballastBytes: 0 });
    const journal = await openJournal({ store, operations: [noop], leaseMs: 3_600_000 });
    expect(await recover(journal)).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
    await journal.close();
  });
});

describe("the file", () => {
  test("of another program is refused, and left alone", async () => {
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE precious (x)");
    other.close();
    await expect(open()).rejects.toMatchObject({ code: "ERR_JOURNAL_STORE" });
    const again = new DatabaseSync(path);
    expect(again.prepare("SELECT name FROM sqlite_schema").all()).toMatchObject([{ name: "precious" }]);
    again.close();
  });

  test("that is no database is refused, and never replaced by an empty one", async () => {
    writeFileSync(path, "this is not a journal ".repeat(500));
    await expect(open()).rejects.toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(readFileSync(path, "utf8")).toContain("this is not a journal");
  });

  test.each([
    [0x6969, "NFS"],
    [0xff534d42, "CIFS"],
  ])("on a network file system (%i) is refused by name", (type, name) => {
    expect(() => refuseNetworkFileSystem(folder, () => type)).toThrow(name);
    expect(() => refuseNetworkFileSystem(folder, () => 0xef53)).not.toThrow();
  });

  test("keeps its reserve beside it", async () => {
    const journal = await open();
    expect(statSync(`${path}-ballast`).size).toBe(65_536);
    await journal.close();
  });

  test("serves several writers: none is starved", { timeout: 60_000 }, async () => {
    const stores = Array.from({ length: 4 }, () => sqliteStore({ path, ballastBytes: 0 }));
    for (const store of stores) await store.open();
    // Each goes on until all have had their turns: one that is starved keeps the others at it until the test's time is up.
    const counts = stores.map(() => 0);
    await Promise.all(
      stores.map(async (store, writer) => {
        while (Math.min(...counts) < 40) {
          const transaction = `w${writer}-${counts[writer]!++}`;
          await store.append({ transaction, position: 0, body: "x", hash: "h", forward: true });
        }
      }),
    );
    for (const store of stores) await store.close();
  });
});

// A few cases of the crash plan's items for storage; `npm run crash` runs them all.
for (const [item, cases] of [
  [bitFlips, 60],
  [cutAndOldFiles, 12],
  [fullDisk, 1],
] as const) {
  test(`crash plan: ${item.name}, ${cases} cases`, { timeout: 60_000 }, async () => {
    const { problems } = await item.run(allCases(cases, 1));
    expect(problems).toEqual([]);
  });
}

test.each([
  ["3.45.1", false],
  ["3.51.2", false],
  ["3.51.3", true],
  ["3.53.4", true],
  ["4.0.0", true],
])("SQLite %s: several processes on one file are allowed: %s", (version, allowed) => {
  expect(mayShareFile(version)).toBe(allowed);
});
