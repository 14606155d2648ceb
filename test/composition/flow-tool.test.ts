import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  attemptsOf,
  classify,
  createErrorReporter,
  defineErrors,
  HoldfastError,
  recoveryAdviceFor,
} from "@holdfast/errors";
import { fileSink } from "@holdfast/errors/file-sink";
import { constant, exponential, linear, presets, retry, withRetry } from "@holdfast/retry";
import { noWait } from "@holdfast/retry/testing";
import { defineOperation, memoryStore, openJournal } from "@holdfast/rollback";
import { planFor, type RecoveryPlan, runPlan } from "@holdfast/rollback/recovery";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { captured } from "../../packages/cli/fixture/captured-io.ts";

// A tool that deploys flows: its errors, retries, reports and recoveries, from the packages.
const { FlowError, FlowValidationError, DockerBuildError } = defineErrors({
  FlowError: {
    kind: "defect",
    message: ({ flow }: { flow: string; file: string; line: number }) => `Flow ${flow} failed`,
  },
  FlowValidationError: {
    extends: "FlowError",
    kind: "validation",
    severity: "high",
    message: ({ flow, file, line }: { flow: string; file: string; line: number }) =>
      `Flow ${flow} is wrong at ${file}:${line}`,
    remediation: [{ text: "Correct the flow" }],
  },
  DockerBuildError: {
    kind: "dependency",
    message: ({ image }: { image: string }) => `Image ${image} could not be built`,
  },
});
const place = { flow: "daily", file: "flows/daily.py", line: 7 };

test("its errors carry flow, file and line, a code, severity and steps, through JSON and back", () => {
  const error = new FlowValidationError(place, { cause: new Error("no such task") });
  const back = HoldfastError.fromJSON(JSON.parse(JSON.stringify(error)));
  expect(back).toMatchObject({
    name: "FlowValidationError",
    message: "Flow daily is wrong at flows/daily.py:7",
    code: "FLOW_VALIDATION",
    kind: "validation",
    severity: "high",
    context: place,
    remediation: [{ text: "Correct the flow" }],
    cause: { message: "no such task" },
  });
  expect(error).toBeInstanceOf(FlowError);
});

describe("its retries", () => {
  const failure = () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const waitsOf = async (options: object) => {
    const { clock } = noWait();
    const error = failure();
    await retry({ maxAttempts: 4, clock, random: () => 0.5, ...options })
      .execute(() => Promise.reject(error))
      .catch(() => {});
    return [attemptsOf(error)?.attempts.length, ...clock.waits];
  };

  test.each([
    ["fixed", { backoff: constant({ delayMs: 1_000 }) }, [4, 1_000, 1_000, 1_000]],
    ["linear", { backoff: linear({ stepMs: 1_000, jitter: "none" }) }, [4, 1_000, 2_000, 3_000]],
    ["exponential with jitter", { backoff: exponential({ baseMs: 1_000, jitter: "full" }) }, [4, 500, 1_000, 2_000]],
    ["random", { backoff: constant({ delayMs: 1_000, jitter: 1 }) }, [4, 1_000, 1_000, 1_000]],
  ])("%s", async (_, options, expected) => {
    expect(await waitsOf(options)).toEqual(expected);
  });

  test("random draws anew each time, from nothing to twice its middle", async () => {
    const draws = [0.5, 0.25, 0.999][Symbol.iterator]();
    const random = () => draws.next().value ?? 0;
    expect(await waitsOf({ backoff: constant({ delayMs: 1_000, jitter: 1 }), random })).toEqual([4, 1_000, 500, 1_998]);
  });

  test.each([
    ["quick", 3, 500],
    ["standard", 5, 1_000],
    ["patient", 10, 2_000],
  ] as const)("%s: %d attempts, %d ms at first", async (name, attempts, baseMs) => {
    const waits = await waitsOf({ ...presets[name](), random: () => 0.999_999 });
    expect(waits[0]).toBe(attempts);
    expect(Math.ceil(waits[1]!)).toBeGreaterThanOrEqual(baseMs - 1);
    expect(waits[1]).toBeLessThanOrEqual(baseMs);
  });

  test("of a synchronous function, and of an asynchronous one", async () => {
    let calls = 0;
    const flaky = (value: number): number => {
      calls += 1;
      if (calls % 2 === 1) throw failure();
      return value * 2;
    };
    const { clock } = noWait();
    expect(await withRetry(flaky, presets.quick({ clock }))(21)).toBe(42);
    expect(await withRetry(async (value: number) => flaky(value), presets.quick({ clock }))(4)).toBe(8);
  });
});

describe("its reports", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flow-tool-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("are summed up, exported, explained and cleared by another process, from the log alone", async () => {
    const log = join(folder, "errors.log");
    const reporter = createErrorReporter({ sinks: [fileSink({ path: log })] });
    reporter.record(new FlowValidationError(place));
    reporter.record(new DockerBuildError({ image: "web" }));
    await reporter.close();
    const cli = captured({ cwd: folder });
    expect(await cli.run("errors", "summary", "--file", log)).toBe(0);
    expect(await cli.run("errors", "export", "--file", log)).toBe(0);
    expect(await cli.run("errors", "guidance", "validation")).toBe(0);
    expect(cli.out()).toMatch(/FLOW_VALIDATION/);
    expect(cli.out()).toMatch(/flows\/daily\.py/);
    expect(await cli.run("errors", "clear", "--file", log, "--yes")).toBe(0);
  });
});

test("its recoveries: a plan by the error, carried out as a journaled transaction, once however often it is tried", async () => {
  const images: string[] = [];
  const build = defineOperation<{ image: string }, null>({
    name: "build-image",
    version: 1,
    class: "undoable",
    consistencyMs: 0,
    apply: ({ image }) => {
      images.push(image);
      return null;
    },
    probe: ({ image }) => (images.includes(image) ? { state: "applied", output: null } : { state: "absent" }),
    compensate: ({ image }) => {
      images.splice(images.indexOf(image), 1);
    },
  });
  const rebuild: RecoveryPlan = {
    name: "rebuild",
    description: "build the image anew",
    when: ({ kind }) => kind === "dependency",
    steps: [{ name: "build", run: (tx) => tx.run(build, { image: "web" }, { name: "build" }) }],
  };
  const error = new DockerBuildError({ image: "web" });
  expect(recoveryAdviceFor(classify(error))).toBeDefined();
  expect(planFor([rebuild], new FlowValidationError(place))).toBeUndefined();
  await using journal = await openJournal({ store: memoryStore(), operations: [build] });
  const plan = planFor([rebuild], error)!;
  expect(await runPlan(journal, plan, { key: "web/1" })).toMatchObject({ outcome: "done" });
  expect(await runPlan(journal, plan, { key: "web/1" })).toMatchObject({ outcome: "done-before" });
  expect(images).toEqual(["web"]);
});
