import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogRoom } from "./log-room.ts";

const piece = 65_536;

let folder: string;
let path: string;
let database: DatabaseSync;
let room: LogRoom;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-room-"));
  path = join(folder, "journal.db");
  database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE words (word TEXT)");
  room = new LogRoom(path);
});

afterEach(() => {
  room.close();
  database.close();
  rmSync(folder, { recursive: true });
});

function commit(word: string, entries = 1, by: LogRoom = room): void {
  database.exec("BEGIN IMMEDIATE");
  database.prepare("INSERT INTO words VALUES (?)").run(word);
  by.grow(entries);
  database.exec("COMMIT");
}

const logSize = () => statSync(`${path}-wal`).size;
const words = (from: DatabaseSync) =>
  from
    .prepare("SELECT word FROM words")
    .all()
    .map(({ word }) => word);

test("the log's file keeps its length while commits are written into it, and is made longer once they fill it", () => {
  commit("first");
  const sizes = new Set<number>();
  for (let index = 0; index < 200; index++) {
    commit(`word ${index}`);
    sizes.add(logSize());
  }
  const whole = [...sizes].filter((size) => size % piece === 0);
  expect(whole.length).toBeGreaterThan(2);
  expect(sizes.size).toBeLessThanOrEqual(2 * whole.length); // each time one commit at most found it too short
  expect(logSize()).toBeLessThanOrEqual(200 * 4_120 + 5 * piece);
});

test("what a process that died left in such a log is read, and nothing else", () => {
  for (let index = 0; index < 40; index++) commit(`word ${index}`);
  const died = join(folder, "died.db");
  for (const suffix of ["", "-wal"]) copyFileSync(`${path}${suffix}`, `${died}${suffix}`);
  expect(logSize() % piece).toBe(0);

  const opened = new DatabaseSync(died);
  expect(words(opened)).toEqual(words(database));
  expect(opened.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  opened.close();
});

test("an emptied log is made longer again", () => {
  commit("one");
  commit("two");
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  room.emptied();
  expect(logSize()).toBe(0);
  for (const word of ["three", "four", "five"]) commit(word);
  expect(logSize()).toBe(piece);
});

test("what another process has added is used first", () => {
  const other = new LogRoom(path);
  for (const word of ["one", "two"]) commit(word, 1, other);
  const size = logSize();
  for (const word of ["three", "four"]) commit(word);
  other.close();
  expect(logSize()).toBe(size);
});

test("a commit of many entries makes the file as long as it needs, no longer", () => {
  for (let index = 0; index < 5; index++) commit(`word ${index}`, 100);
  expect(logSize() % piece).not.toBe(0);
});
