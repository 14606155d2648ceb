import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createErrorReporter, type ErrorReport } from "@holdfast/errors";
import { fileSink } from "@holdfast/errors/file-sink";
import { manualClock } from "@holdfast/errors/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { captured } from "../../fixture/captured-io.ts";

const hourMs = 3_600_000;
const now = Date.UTC(2026, 5, 1, 12);

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-cli-"));
  path = join(folder, ".holdfast", "errors.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const failing = (name: string, message: string) => Object.assign(new Error(message), { name });

// Two throttled writes three hours ago, one read denied an hour ago.
async function writeLog(): Promise<void> {
  const clock = manualClock(now - 3 * hourMs);
  await using reporter = createErrorReporter({ clock, sinks: [fileSink({ path, durable: false })] });
  const service = "SecretsManager";
  reporter.record(failing("ThrottlingException", "Rate exceeded"), { service, operation: "PutSecretValue" });
  reporter.record(failing("ThrottlingException", "Rate exceeded"), { service, operation: "PutSecretValue" });
  await clock.advance(2 * hourMs);
  reporter.record(failing("AccessDeniedException", "denied"), { service, operation: "GetSecretValue" });
}

const at = () => captured({ cwd: folder, now: () => now });

test("summary says how many of what, and what to do", async () => {
  await writeLog();
  const cli = at();
  expect(await cli.run("errors", "summary")).toBe(0);
  expect(cli.out()).toMatch(/^3 errors from 2026-06-01T09:00:00.000Z to 2026-06-01T11:00:00.000Z; 2 may pass/);
  expect(cli.out()).toContain("2 × ThrottlingException at SecretsManager PutSecretValue: Rate exceeded");
  expect(cli.err()).toBe("");
});

test.each([
  [["--kind", "throttling"], 2],
  [["--code", "AccessDeniedException"], 1],
  [["--operation", "PutSecretValue"], 2],
  [["--since", "61m"], 1],
  [["--since", "60m"], 1], // on the edge
  [["--since", "59m"], 0],
  [["--since", "2026-06-01T08:00:00Z", "--kind", "authorization"], 1],
])("summary %j counts %d", async (filters, total) => {
  await writeLog();
  const { answer } = await at().json<ErrorReport>("errors", "summary", ...filters);
  expect(answer.statistics.total).toBe(total);
});

test("export writes what was recorded, as JSON and as lines", async () => {
  await writeLog();
  const cli = at();
  expect(await cli.run("errors", "export", "--code", "AccessDeniedException")).toBe(0);
  const { exportedAt, records } = JSON.parse(cli.out());
  expect(exportedAt).toBe(now);
  expect(records).toMatchObject([{ kind: "authorization", operation: "GetSecretValue" }]);
  expect(await cli.run("errors", "export", "--format", "jsonl", "--output", "copy.jsonl")).toBe(0);
  const copy = join(folder, "copy.jsonl");
  expect(await readFile(copy, "utf8")).toBe(await readFile(path, "utf8"));
  expect((await stat(copy)).mode & 0o077).toBe(0);
});

test("a log that is not there is not one without errors", async () => {
  const cli = at();
  expect(await cli.run("errors", "summary")).toBe(1);
  expect(cli.out()).toBe("");
  expect(cli.err()).toContain(`There is no error log ${path}`);
});

test("a folder is no log", async () => {
  const cli = at();
  expect(await cli.run("errors", "summary", "--file", folder)).toBe(1);
  expect(cli.err()).toContain(`${folder} is a folder: give the error log in it (--file)`);
});

test.each(['{"at":1,"kind":"thro', '{"at":1,"kind":"no such kind"}', '{"at":1e300,"kind":"unknown"}', "\u0000\u0001"])(
  "a damaged line %j is told of, and the rest is shown",
  async (line) => {
    await writeLog();
    await appendFile(path, `${line}\n`);
    const cli = at();
    expect(await cli.run("errors", "summary")).toBe(1);
    expect(cli.out()).toMatch(/^3 errors/);
    expect(cli.err()).toContain(`1 line of ${path} could not be read`);
  },
);

test("a log of which nothing can be read is not empty", async () => {
  await writeLog();
  await writeFile(path, "\u0000".repeat(100));
  const { code, answer } = await at().json<{ readonly unreadableLines: number }>("errors", "summary");
  expect(code).toBe(1);
  expect(answer.unreadableLines).toBe(1);
});

test("clear asks for --yes, and removes only then", async () => {
  await writeLog();
  const cli = at();
  expect(await cli.run("errors", "clear")).toBe(64);
  expect(cli.err()).toContain("holds 3 records: give --yes");
  expect(await readdir(join(folder, ".holdfast"))).toEqual(["errors.jsonl"]);
  expect(await cli.run("errors", "clear", "--yes")).toBe(0);
  expect(cli.out()).toContain("Removed 3 records");
  expect(await readdir(join(folder, ".holdfast"))).toEqual([]);
});

test.each(["throttling", "AccessDeniedException", "unknown"])("guidance %s says what to do", async (word) => {
  const { code, answer } = await at().json<{ readonly recovery: object }>("errors", "guidance", word);
  expect(code).toBe(0);
  expect(answer.recovery).toHaveProperty("actions");
});

test("guidance on nothing that is known says so", async () => {
  const cli = at();
  expect(await cli.run("errors", "guidance", "Throtling")).toBe(1);
  expect(cli.err()).toContain('Nothing is known of "Throtling"');
});

test.each([
  ["errors", "summary", "--kind", "throtling"],
  ["errors", "summary", "--since", "yesterday"],
  ["errors", "export", "--format", "xml"],
  ["errors", "nonsense"],
  ["errors"],
])("usage: %s %s %s", async (...args) => {
  expect(await at().run(...args)).toBe(64);
});
