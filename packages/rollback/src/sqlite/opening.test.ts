import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";
import { sqliteStore } from "./sqlite-store.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "opening-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe.each(["worker", "main"] as const)("opening, execution %s", (execution) => {
  const open = async (path: string) => {
    const store = sqliteStore({ path, execution, ballastBytes: 4_096 });
    await store.open();
    return store;
  };
  const refusal = async (path: string): Promise<Error & { readonly code?: unknown }> =>
    open(path).then(
      () => expect.fail("it was opened"),
      (error) => error,
    );

  test.skipIf(process.platform === "win32")("makes files and folders that only their owner can read", async () => {
    const umask = process.umask(0o022);
    try {
      const store = await open(join(folder, "a", "b", "x.journal"));
      await store.beat("me");
      const modes = Object.fromEntries(
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => [
          name,
          (statSync(join(folder, name)).mode & 0o777).toString(8),
        ]),
      );
      expect(modes).toEqual({
        a: "700",
        "a/b": "700",
        "a/b/x.journal": "600",
        "a/b/x.journal-wal": "600",
        "a/b/x.journal-shm": "600",
        "a/b/x.journal-ballast": "600",
        "a/b/x.journal-owners": "700",
        "a/b/x.journal-owners/me.lock": "600",
      });
      await store.close();
    } finally {
      process.umask(umask);
    }
  });

  test("leaves the mode of a file that is there, and its content, as they are", async () => {
    const path = join(folder, "x.journal");
    await (await open(path)).close();
    chmodSync(path, 0o640);
    await (await open(path)).close();
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("refuses a folder by its path, and says what to give", async () => {
    expect(await refusal(folder)).toMatchObject({
      code: "ERR_JOURNAL_STORE",
      message: `${folder} is a folder: give the path of a file for the journal, e.g. ${folder}/changes.journal`,
    });
  });

  test.skipIf(process.platform === "win32")("refuses a device", async () => {
    const error = await refusal("/dev/null");
    expect(error).toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(error.message).toContain("/dev/null is not a file");
  });

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "refuses a folder it may not write to",
    async () => {
      const locked = join(folder, "locked");
      mkdirSync(locked, { mode: 0o500 });
      const error = await refusal(join(locked, "x.journal"));
      expect(error).toMatchObject({ code: "ERR_JOURNAL_STORE" });
      expect(error.message).toMatch(/locked\/x\.journal cannot be opened: EACCES.*may write to/);
    },
  );

  test("refuses a path below a file, with its reason once", async () => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, "file", "below", "x.journal");
    const error = await refusal(path);
    expect(error).toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(error.message).toContain(`The journal ${path} cannot be opened: ENO`);
    expect(String(error.cause)).not.toContain("Error: Error");
  });

  test.each(["x\n", "just notes\n".repeat(1_000)])("refuses a text (%#), and touches nothing of it", async (text) => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, text);
    const error = await refusal(path);
    expect(error).toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(error.message).toContain(`${path} is not a journal (file is not a database), and was left as it is`);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["notes.txt"]);
  });

  test("refuses a file of one byte, which SQLite takes for an empty database", async () => {
    const path = join(folder, "x.journal");
    writeFileSync(path, "x");
    const error = await refusal(path);
    expect(error).toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(error.message).toContain(`${path} holds 1 byte and is not a journal, and was left as it is`);
    expect(readFileSync(path, "utf8")).toBe("x");
  });

  test.each([2, 16, 100, 511, 4_096])("refuses a journal cut off after %i bytes", async (length) => {
    const path = join(folder, "x.journal");
    await (await open(path)).close();
    writeFileSync(path, readFileSync(path).subarray(0, length));
    expect((await refusal(path)).code).toMatch(/^ERR_JOURNAL_(STORE|DAMAGED)$/);
  });

  test.each(["emptied", "deleted"])(
    "refuses a journal that was %s, as long as a file beside it shows it",
    async (how) => {
      const path = join(folder, "x.journal");
      const store = await open(path);
      await store.beat("me");
      await store.close();
      if (how === "deleted") rmSync(path);
      else writeFileSync(path, "");
      for (const trace of ["ballast", "owners"]) {
        const error = await refusal(path);
        expect(error).toMatchObject({ code: "ERR_JOURNAL_DAMAGED" });
        expect(error.message).toContain(
          `${path} is empty or missing, but ${path}-${trace} shows that a journal was there`,
        );
        rmSync(`${path}-${trace}`, { recursive: true });
      }
      await (await open(path)).close(); // nothing tells any more
    },
  );

  test("refuses an empty file beside a write-ahead log, and leaves the log as it is", async () => {
    const path = join(folder, "x.journal");
    writeFileSync(path, "");
    writeFileSync(`${path}-wal`, "entries");
    expect(await refusal(path)).toMatchObject({ code: "ERR_JOURNAL_DAMAGED" });
    expect(readFileSync(`${path}-wal`, "utf8")).toBe("entries");
  });

  test("makes a new journal of an empty file that has nothing beside it", async () => {
    const path = join(folder, "x.journal");
    writeFileSync(path, "");
    const store = await open(path);
    expect(await store.list()).toEqual([]);
    await store.close();
  });

  test("refuses another program's database, and changes no byte of it", async () => {
    const path = join(folder, "other.db");
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE precious (x)");
    other.close();
    const before = readFileSync(path);
    expect(await refusal(path)).toMatchObject({ code: "ERR_JOURNAL_STORE" });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["other.db"]);
  });
});

// In a process of its own: one that spins cannot end itself.
test.runIf(process.platform === "linux")(
  "ends at once where folders cannot be made, as in /proc",
  async () => {
    const output = await openedInChild("/proc/x/y/j.journal");
    expect(
      output.match(/ERR_JOURNAL_STORE The journal \/proc\/x\/y\/j\.journal cannot be opened: ENOENT/g),
    ).toHaveLength(2);
  },
  30_000,
);

test("a Node without SQLite can import the store, and is told which Node is needed when it opens one", async () => {
  const output = await openedInChild(join(folder, "j.journal"), "--no-experimental-sqlite");
  expect(
    output.match(/ERR_JOURNAL_STORE This is Node .*, which has no node:sqlite: use Node 22\.15 or later/g),
  ).toHaveLength(2);
}, 30_000);

test("folders are made one below the other; those that are there are left alone", () => {
  makeFolder(join(folder, "a", "b"));
  makeFolder(join(folder, "a", "b"));
  makeFolder(join(folder, "a", "c"));
  expect(readdirSync(join(folder, "a"))).toEqual(["b", "c"]);
});

/** What opening a store there, in both ways, prints in a process that has 20 seconds. */
async function openedInChild(path: string, ...flags: readonly string[]): Promise<string> {
  const file = join(folder, "program.mjs");
  const program = `import { sqliteStore } from ${JSON.stringify(new URL("./sqlite-store.ts", import.meta.url).href)};
    for (const execution of ["main", "worker"]) {
      const store = sqliteStore({ path: ${JSON.stringify(path)}, execution });
      await store.open().catch(({ code, message }) => console.log(code, message));
    }`;
  writeFileSync(file, program);
  const args = ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning", ...flags, file];
  const child = spawn(process.execPath, args, { timeout: 20_000, killSignal: "SIGKILL" });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  expect(await once(child, "close")).toEqual([0, null]);
  return output;
}
