import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createErrorReporter, OptionError, summarize } from "../../index.ts";
import { clearErrorLog, fileSink, readErrorLog } from "./index.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-errors-"));
  path = join(directory, "deep", "errors.jsonl");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const throttled = (message = "Rate exceeded"): Error =>
  Object.assign(new Error(message), { name: "ThrottlingException" });

test("another process can read and summarise what was recorded", async () => {
  await using reporter = createErrorReporter({ sinks: [fileSink({ path })], context: { service: "SecretsManager" } });
  reporter.record(throttled(), { operation: "PutSecretValue", secretName: "prod/db" });
  reporter.record(throttled());
  await reporter.flush();
  const { records, unreadableLines } = await readErrorLog(path);
  expect(unreadableLines).toBe(0);
  expect(records).toEqual(JSON.parse(JSON.stringify(reporter.history())));
  expect(summarize(records)).toBe(reporter.summary());
});

test("no secret reaches the file, and only its owner may read it", async () => {
  await using reporter = createErrorReporter({ sinks: [fileSink({ path })], redact: { canaries: ["c4n4ry-value"] } });
  reporter.record(throttled("password=hunter2 c4n4ry-value"), { SecretString: "hunter3", note: "c4n4ry-value" });
  await reporter.flush();
  const text = await readFile(path, "utf8");
  expect(text).not.toMatch(/hunter2|hunter3|c4n4ry/);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test("a file that would outgrow its limit is rotated, and the oldest goes", async () => {
  const sink = fileSink({ path, maxBytes: 1_024, maxFiles: 3 });
  await using reporter = createErrorReporter({ sinks: [sink] });
  for (let count = 0; count < 12; count++) {
    reporter.record(throttled(`number ${count}: ${"x".repeat(300)}`));
    await reporter.flush();
  }
  expect((await readdir(join(directory, "deep"))).sort()).toEqual(["errors.jsonl", "errors.jsonl.1", "errors.jsonl.2"]);
  for (const name of ["errors.jsonl", "errors.jsonl.1"]) {
    expect((await stat(join(directory, "deep", name))).size).toBeLessThanOrEqual(1_024);
  }
  const { records } = await readErrorLog(path);
  expect(records.map(({ message }) => Number(/number (\d+)/.exec(message)?.[1]))).toEqual(
    [...Array(records.length).keys()].map((index) => index + 12 - records.length),
  );
});

test("processes that write at once lose no line and tear none", async () => {
  const here = fileURLToPath(new URL("../..", import.meta.url));
  const program = `
    import { createErrorReporter } from ${JSON.stringify(join(here, "index.ts"))};
    import { fileSink } from ${JSON.stringify(join(here, "report/file-sink/index.ts"))};
    const reporter = createErrorReporter({ sinks: [fileSink({ path: ${JSON.stringify(path)}, maxBytes: 4_096, maxFiles: 50, durable: false })] });
    for (let count = 0; count < 25; count++) { reporter.record(new Error("from " + process.argv.at(-1) + " " + count)); await reporter.flush(); }
    await reporter.close();`;
  const exits = ["a", "b", "c"].map(async (name) => {
    const child = spawn(
      process.execPath,
      ["--conditions=@holdfast/source", "--input-type=module", "-e", program, name],
      { stdio: "inherit" },
    );
    return (await once(child, "exit"))[0];
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0]);
  const { records, unreadableLines } = await readErrorLog(path);
  expect(unreadableLines).toBe(0);
  expect(new Set(records.map(({ message }) => message)).size).toBe(75);
});

test("a line torn by a writer that died costs that line alone", async () => {
  await using reporter = createErrorReporter({ sinks: [fileSink({ path })] });
  reporter.record(throttled("before"));
  await reporter.flush();
  await appendFile(path, '{"at":1,"kind":"thro');
  reporter.record(throttled("after"));
  await reporter.flush();
  const { records, unreadableLines } = await readErrorLog(path);
  expect(records.map(({ message }) => message)).toEqual(["before", "after"]);
  expect(unreadableLines).toBe(1);
});

test("a lock left behind by a process that died is taken over", async () => {
  await using reporter = createErrorReporter({ sinks: [fileSink({ path })] });
  reporter.record(throttled());
  await reporter.flush();
  await writeFile(`${path}.lock`, "");
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
  reporter.record(throttled());
  await reporter.flush();
  expect((await readErrorLog(path)).records).toHaveLength(2);
});

test("clearing removes rotated files too", async () => {
  await using reporter = createErrorReporter({ sinks: [fileSink({ path, maxBytes: 1_024 })] });
  for (let count = 0; count < 4; count++) {
    reporter.record(throttled("x".repeat(500)));
    await reporter.flush();
  }
  expect(await clearErrorLog(path)).toBe(4);
  expect(await readdir(join(directory, "deep"))).toEqual([]);
  expect(await readErrorLog(path)).toEqual({ records: [], unreadableLines: 0 });
});

test("a path that cannot be written is logged and costs nothing else", async () => {
  const warnings: string[] = [];
  await writeFile(join(directory, "file"), "");
  await using reporter = createErrorReporter({
    sinks: [fileSink({ path: join(directory, "file", "errors.jsonl") })],
    logger: { warn: (message) => warnings.push(message) },
  });
  reporter.record(throttled());
  await reporter.flush();
  expect(warnings).toHaveLength(1);
  expect(reporter.history()).toHaveLength(1);
});

test.each([{ path: "" }, { path: "a", maxBytes: 10 }, { path: "a", maxFiles: 0 }, { path: "a", maxFiles: 101 }])(
  "%o is refused at construction",
  (options) => {
    expect(() => fileSink(options)).toThrow(OptionError);
  },
);
