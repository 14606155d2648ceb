import { describe, expect, test } from "vitest";
import { attemptLedgerKey } from "../attempt-ledger.ts";
import {
  createErrorReporter,
  type ErrorRecord,
  type ErrorSink,
  HoldfastError,
  logSink,
  notificationSink,
  OptionError,
  reportOn,
  summarize,
} from "../index.ts";
import { manualClock } from "../testing.ts";
import { fileSink } from "./file-sink/index.ts";

const startMs = Date.UTC(2026, 0, 1);
const failed = (name: string, message = "m"): Error => Object.assign(new Error(message), { name });

describe("a record", () => {
  test("says what, when and where, as plain data", () => {
    const reporter = createErrorReporter({
      clock: manualClock(startMs),
      context: { service: "SecretsManager", run: 7 },
    });
    const record = reporter.record(new Error("outer", { cause: failed("ThrottlingException", "inner") }), {
      operation: "PutSecretValue",
      secretName: "prod/db",
    });
    expect(record).toEqual({
      at: startMs,
      kind: "throttling",
      retry: "throttling",
      fault: "client",
      severity: "low",
      code: "ThrottlingException",
      service: "SecretsManager",
      operation: "PutSecretValue",
      region: undefined,
      httpStatus: undefined,
      requestId: undefined,
      retryAfterMs: undefined,
      name: "Error",
      message: "outer",
      group: "throttling/ThrottlingException/SecretsManager/PutSecretValue",
      attempts: undefined,
      context: { service: "SecretsManager", run: 7, operation: "PutSecretValue", secretName: "prod/db" },
      causes: ["inner"],
      remediation: [],
    });
    expect(JSON.parse(JSON.stringify(record))).toMatchObject({ code: "ThrottlingException", causes: ["inner"] });
  });

  test("carries no secret", () => {
    const reporter = createErrorReporter({ redact: { canaries: ["c4n4ry"], keys: ["salary"] } });
    reporter.record(new Error("password=hunter2 c4n4ry", { cause: new Error("token: hunter3") }), {
      salary: 1,
      SecretString: "hunter4",
      note: "c4n4ry",
    });
    expect(reporter.exportJson()).not.toMatch(/hunter|c4n4ry|"salary": 1/);
    expect(reporter.summary()).not.toMatch(/hunter|c4n4ry/);
  });

  test("knows how often it was tried", () => {
    const attempt = { startedAt: 0, durationMs: 1, delayMs: 0, code: undefined, requestId: undefined };
    const error = Object.assign(failed("ThrottlingException"), {
      [attemptLedgerKey]: {
        attempts: [
          { ...attempt, number: 1 },
          { ...attempt, number: 2 },
        ],
        stopReason: "attempts",
        elapsedMs: 2,
      },
    });
    expect(createErrorReporter().record(error).attempts).toBe(2);
  });

  test("can be made though its context throws when read", () => {
    const hostile = {
      get secret(): never {
        throw new Error("no");
      },
    };
    const reporter = createErrorReporter({ context: { run: 1 } });
    expect(reporter.record(new Error("a"), hostile as never)).toMatchObject({ kind: "unknown", context: { run: 1 } });
  });

  test("can be made of anything", () => {
    const reporter = createErrorReporter();
    for (const value of [
      undefined,
      null,
      1,
      "text",
      Symbol("s"),
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
    ])
      reporter.record(value, { value });
    expect(reporter.history()).toHaveLength(6);
    expect(reporter.summary()).toContain("6 errors");
  });
});

describe("the history", () => {
  test("is bounded, and says what it dropped", () => {
    const reporter = createErrorReporter({ capacity: 2 });
    for (const message of ["a", "b", "c"]) reporter.record(new Error(message));
    expect(reporter.history().map(({ message }) => message)).toEqual(["b", "c"]);
    expect(reporter.statistics()).toMatchObject({ total: 2, dropped: 1 });
  });

  test("is a copy", () => {
    const reporter = createErrorReporter();
    reporter.record(new Error("a"));
    (reporter.history() as ErrorRecord[]).pop();
    expect(reporter.history()).toHaveLength(1);
  });

  test("is cleared, all or some", () => {
    const reporter = createErrorReporter();
    reporter.record(failed("ThrottlingException"));
    reporter.record(failed("AccessDeniedException"));
    expect(reporter.clear(({ kind }) => kind === "throttling")).toBe(1);
    expect(reporter.history().map(({ kind }) => kind)).toEqual(["authorization"]);
    expect(reporter.clear()).toBe(1);
    expect(reporter.summary()).toBe("No errors.");
  });

  test("is exported as JSON", () => {
    const reporter = createErrorReporter({ clock: manualClock(startMs) });
    reporter.record(failed("ThrottlingException"));
    expect(JSON.parse(reporter.exportJson())).toMatchObject({
      exportedAt: startMs,
      dropped: 0,
      records: [{ kind: "throttling" }],
    });
  });

  test("an option that there is not is refused, of the sinks too", () => {
    const misspelt = { capcity: 1 } as never;
    const expected = (of: string) => `Expected \`capcity\` to be left out: the options of ${of} are`;
    expect(() => createErrorReporter(misspelt)).toThrow(expected("createErrorReporter()"));
    expect(() => createErrorReporter({ redact: misspelt })).toThrow(expected("redact()"));
    expect(() => notificationSink(misspelt)).toThrow(expected("notificationSink()"));
    expect(() => logSink(misspelt)).toThrow(expected("logSink()"));
    expect(() => fileSink(misspelt)).toThrow(expected("fileSink()"));
    expect(() => logSink({ logger: { info: () => {}, warn: () => {} } } as never)).toThrow("Expected `logger.error`");
  });

  test.each([0, 1.5, Number.NaN])("a capacity of %d is refused", (capacity) => {
    expect(() => createErrorReporter({ capacity })).toThrow(OptionError);
  });
});

describe("many errors together", () => {
  async function some(): Promise<ReturnType<typeof createErrorReporter>> {
    const clock = manualClock(startMs);
    const reporter = createErrorReporter({ clock, context: { service: "SecretsManager" } });
    for (let count = 0; count < 3; count++)
      reporter.record(failed("ThrottlingException"), { operation: "PutSecretValue" });
    await clock.advance(60_000);
    reporter.record(
      failed(
        "AccessDeniedException",
        "User: arn:aws:iam::111122223333:user/a is not authorized to perform: secretsmanager:GetSecretValue on resource: x because no identity-based policy allows the action",
      ),
      { operation: "GetSecretValue" },
    );
    reporter.record(failed("ExpiredTokenException"), { operation: "GetSecretValue" });
    return reporter;
  }

  test("are counted by kind, severity, code, operation and minute, the most frequent first", async () => {
    const statistics = (await some()).statistics();
    expect(statistics).toEqual({
      total: 5,
      retryable: 4,
      byKind: { throttling: 3, authorization: 1, authentication: 1 },
      bySeverity: { low: 3, high: 2 },
      byCode: { ThrottlingException: 3, AccessDeniedException: 1, ExpiredTokenException: 1 },
      byOperation: { "SecretsManager PutSecretValue": 3, "SecretsManager GetSecretValue": 2 },
      byMinute: [
        { at: startMs, count: 3 },
        { at: startMs + 60_000, count: 2 },
      ],
      firstAt: startMs,
      lastAt: startMs + 60_000,
      dropped: 0,
      undelivered: 0,
    });
    expect(Object.keys(statistics.byKind)[0]).toBe("throttling");
  });

  test("are grouped by sort", async () => {
    expect((await some()).groups()).toMatchObject([
      {
        group: "throttling/ThrottlingException/SecretsManager/PutSecretValue",
        count: 3,
        firstAt: startMs,
        lastAt: startMs,
      },
      { group: expect.stringContaining("authorization/"), count: 1 },
      { group: expect.stringContaining("authentication/"), count: 1 },
    ]);
  });

  test("are reported: the gravest first, what to do at once, how to recover, and what next", async () => {
    const report = (await some()).report();
    expect(report.categories.map(({ kind, count }) => [kind, count])).toEqual([
      ["authorization", 1],
      ["authentication", 1],
      ["throttling", 3],
    ]);
    expect(report.immediateActions[0]).toContain("Attach this statement to arn:aws:iam::111122223333:user/a");
    expect(report.immediateActions).toHaveLength(3);
    expect(report.remediation.map(({ code }) => code)).toEqual(["access-denied", "credentials-expired", "throttled"]);
    expect(report.recoveryOptions.map(({ action, count, automatic }) => [action, count, automatic])).toEqual([
      ["refresh-credentials", 1, true],
      ["wait", 3, true],
      ["ask-a-person", 1, false],
    ]);
    expect(report.nextSteps).toEqual([
      "Renew the credentials, then resume: it answers 1 of 5 errors",
      "Wait until the service admits calls again, then resume: it answers 3 of 5 errors",
      "Have a person correct the cause before resuming: it answers 1 of 5 errors",
    ]);
  });

  test("are summed up for a person", async () => {
    const text = (await some()).summary();
    expect(text).toContain(
      "5 errors from 2026-01-01T00:00:00.000Z to 2026-01-01T00:01:00.000Z; 4 may pass if tried again",
    );
    expect(text).toContain("3 × ThrottlingException at SecretsManager PutSecretValue: m");
    expect(text).toContain("$ aws service-quotas list-service-quotas --service-code secretsmanager");
  });

  test("say the same when they were read back from JSON", async () => {
    const reporter = await some();
    const { records } = JSON.parse(reporter.exportJson()) as { records: ErrorRecord[] };
    expect(summarize(records)).toBe(reporter.summary());
    expect(reportOn(records).nextSteps).toEqual(reporter.report().nextSteps);
  });

  test("an error's own remediation is what is reported", () => {
    const reporter = createErrorReporter();
    reporter.record(
      new HoldfastError("The image is missing", {
        code: "IMAGE_MISSING",
        kind: "dependency",
        remediation: [{ text: "Build it", command: "docker build ." }],
      }),
    );
    expect(reporter.report().immediateActions).toEqual(["Build it"]);
  });
});

describe("guidance", () => {
  test("by kind", () => {
    expect(createErrorReporter().guidance("throttling")).toMatchObject({
      remediation: { code: "throttled" },
      recovery: { actions: ["wait", "retry"] },
    });
  });

  test("by code", () => {
    const { remediation, recovery } = createErrorReporter().guidance("ExpiredTokenException");
    expect(remediation.code).toBe("credentials-expired");
    expect(recovery.actions[0]).toBe("refresh-credentials");
  });

  test("of what nobody knows", () => {
    expect(createErrorReporter().guidance("E_FROB")).toMatchObject({
      remediation: { code: "unknown" },
      recovery: { automatic: false },
    });
  });
});

describe("sinks", () => {
  function collector(): ErrorSink & { readonly batches: (readonly ErrorRecord[])[]; closed: number } {
    const batches: (readonly ErrorRecord[])[] = [];
    return {
      batches,
      closed: 0,
      write: (records) => void batches.push(records),
      close() {
        this.closed++;
      },
    };
  }

  test("take records in order, one batch at a time, and not while `record` runs", async () => {
    const sink = collector();
    const reporter = createErrorReporter({ sinks: [sink] });
    reporter.record(new Error("a"));
    reporter.record(new Error("b"));
    expect(sink.batches).toEqual([]);
    await reporter.flush();
    reporter.record(new Error("c"));
    await reporter.flush();
    expect(sink.batches.map((batch) => batch.map(({ message }) => message))).toEqual([["a", "b"], ["c"]]);
  });

  test("a sink that never answers costs no more memory than the history", async () => {
    const reporter = createErrorReporter({ capacity: 3, sinks: [{ write: () => new Promise(() => {}) }] });
    reporter.record(new Error("first"));
    await Promise.resolve();
    await Promise.resolve(); // it has been handed over; from now on they wait
    for (let count = 0; count < 10; count++) reporter.record(new Error("later"));
    expect(reporter.statistics()).toMatchObject({ total: 3, dropped: 8, undelivered: 7 });
  });

  test("a slow sink gets what came meanwhile in its next batch", async () => {
    const sizes: number[] = [];
    let go = (): void => {};
    const reporter = createErrorReporter({
      sinks: [
        {
          write: (records) => {
            sizes.push(records.length);
            return new Promise<void>((resolve) => {
              go = resolve;
            });
          },
        },
      ],
    });
    reporter.record(new Error("a"));
    await Promise.resolve();
    await Promise.resolve();
    reporter.record(new Error("b"));
    reporter.record(new Error("c"));
    go();
    while (sizes.length < 2) await Promise.resolve();
    go();
    await reporter.flush();
    expect(sizes).toEqual([1, 2]);
  });

  test("a sink that fails is logged, and stops neither the others nor the history", async () => {
    const warnings: unknown[] = [];
    const good = collector();
    const bad: ErrorSink = {
      write: () => {
        throw new Error("full");
      },
    };
    const worse: ErrorSink = { write: () => Promise.reject(new Error("gone")) };
    const reporter = createErrorReporter({
      sinks: [bad, worse, good],
      logger: { warn: (message) => warnings.push(message) },
    });
    reporter.record(new Error("a"));
    await reporter.close();
    expect(warnings).toHaveLength(2);
    expect(good.batches).toHaveLength(1);
    expect(reporter.history()).toHaveLength(1);
  });

  test("closing flushes and closes them once, and nothing reaches them afterwards", async () => {
    const sink = collector();
    {
      await using reporter = createErrorReporter({ sinks: [sink] });
      reporter.record(new Error("a"));
      await reporter.close();
      reporter.record(new Error("b"));
    }
    expect(sink.batches.flat().map(({ message }) => message)).toEqual(["a"]);
    expect(sink.closed).toBe(1);
  });
});
