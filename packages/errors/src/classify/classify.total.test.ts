import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify, describeError, errorToJson, isHoldfastError, redact, remediationFor } from "../index.ts";
import { severityAndFaultOf } from "./known-codes.ts";

// Whatever can be thrown: classify and its companions take it, return, and change nothing.

const names = fc.constantFrom(
  "name",
  "code",
  "message",
  "cause",
  "kind",
  "retry",
  "$metadata",
  "$response",
  "$retryable",
  "$fault",
  "status",
  "statusCode",
  "response",
  "headers",
  "issues",
  "errors",
  "details",
  "severity",
  "constructor",
  "retryAfterMs",
  "hostname",
  "syscall",
);
const words = fc.constantFrom(
  "ThrottlingException",
  "TimeoutError",
  "AbortError",
  "ENOTFOUND",
  "ECONNRESET",
  "LimitExceededException",
  "SyntaxError",
  "TransactionCanceledException",
  "InvalidSignatureException",
  "ReplyError",
  "23505",
  "throttling",
  "never",
  "Error",
  "429",
  "__proto__",
);
const numbers = fc.constantFrom(0, -1, 14, 200, 429, 503, 1e9, Number.NaN, Number.POSITIVE_INFINITY);

const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    numbers,
    fc.string(),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      withBoxedValues: true,
    }),
    fc.dictionary(fc.oneof(names, fc.string()), tie("value")),
    fc.dictionary(names, tie("value")).map((fields) => Object.assign(new Error("m"), fields)),
    fc.dictionary(names, tie("value")).map((fields) => Object.freeze({ ...fields })),
    fc.dictionary(names, tie("value")).map((fields) => withGetters(fields)),
    fc.dictionary(names, tie("value")).map((fields) => throwingProxy(fields)),
    fc.dictionary(names, tie("value")).map((fields) => circular(fields)),
    fc.constant(Symbol("thrown")),
    fc.constant(() => {}),
  ),
}));

function withGetters(fields: Record<string, unknown>): object {
  const target = {};
  for (const [key, value] of Object.entries(fields))
    Object.defineProperty(target, key, { get: () => value, enumerable: true });
  return target;
}

function throwingProxy(fields: Record<string, unknown>): object {
  const refuse = (): never => {
    throw new TypeError("no");
  };
  return new Proxy(fields, {
    get: (target, key) => (key in target ? refuse() : undefined),
    ownKeys: refuse,
    getPrototypeOf: refuse,
  });
}

function circular(fields: Record<string, unknown>): object {
  const error: Record<string, unknown> = { ...fields };
  error.cause = error;
  return error;
}

describe("total", () => {
  test("10,000 values of any kind each get a classification", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const before = shallow(value);
        const said = classify(value);
        expect(severityAndFaultOf(said.kind)).toBeDefined();
        expect(["never", "transient", "throttling", "after-refresh", "if-idempotent"]).toContain(said.retry);
        expect(["caller", "client", "network", "server"]).toContain(said.fault);
        expect(["low", "medium", "high", "critical"]).toContain(said.severity);
        for (const text of [said.code, said.service, said.requestId])
          if (text !== undefined) expect(typeof text === "string" && text !== "").toBe(true);
        for (const number of [said.httpStatus, said.retryAfterMs])
          if (number !== undefined) expect(Number.isFinite(number)).toBe(true);
        expect(shallow(value)).toEqual(before);
        expect(classify(value)).toEqual(said);
      }),
      { numRuns: 10_000, seed: 1 },
    );
  });

  test("1,000 values of any kind can be described, remedied, redacted and written", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(typeof describeError(value, { debug: true })).toBe("string");
        expect(remediationFor(value).code).not.toBe("");
        JSON.stringify(redact(value));
        JSON.stringify(errorToJson(value));
        isHoldfastError(value);
      }),
      { numRuns: 1_000, seed: 2 },
    );
  });

  test("no property is read twice, so a getter with a side effect has it once", () => {
    fc.assert(
      fc.property(fc.dictionary(names, anything), (fields) => {
        const reads = new Map<PropertyKey, number>();
        const watched = new Proxy(fields, {
          get(target, key) {
            reads.set(key, (reads.get(key) ?? 0) + 1);
            return Reflect.get(target, key);
          },
        });
        classify(watched);
        expect([...reads].filter(([, count]) => count > 1)).toEqual([]);
      }),
      { numRuns: 3_000, seed: 3 },
    );
  });
});

describe("deep and odd", () => {
  test("a chain of 100,000 causes is followed ten deep", () => {
    let deep: Error = Object.assign(new Error("root"), { code: "ECONNRESET" });
    for (let depth = 0; depth < 100_000; depth++) deep = new Error("wrapped", { cause: deep });
    expect(classify(deep)).toMatchObject({ kind: "unknown", retry: "never" });
    expect(describeError(deep)).toContain("…");
    expect(JSON.stringify(errorToJson(deep))).toContain("[too deep]");
  });

  test("the tenth cause still counts, the eleventh does not", () => {
    const wrapped = (times: number): Error => {
      let error: Error = Object.assign(new Error("root"), { code: "ECONNREFUSED" });
      for (let depth = 0; depth < times; depth++) error = new Error("wrapped", { cause: error });
      return error;
    };
    expect(classify(wrapped(10)).kind).toBe("network");
    expect(classify(wrapped(11)).kind).toBe("unknown");
  });

  test("a circle of causes ends", () => {
    const a = new Error("a");
    const b = new Error("b", { cause: a });
    a.cause = b;
    expect(classify(a).kind).toBe("unknown");
    expect(describeError(a)).toContain("because b");
  });

  test.each([undefined, null, 0, "ThrottlingException", Symbol("s"), 10n, true])(
    "a thrown primitive says nothing: %s",
    (value) => {
      expect(classify(value, { service: "S", operation: "O" })).toMatchObject({
        kind: "unknown",
        retry: "never",
        code: undefined,
        service: "S",
        operation: "O",
      });
    },
  );
});

/** The value's own properties, compared by identity. */
function shallow(value: unknown): string {
  try {
    if (typeof value !== "object" || value === null) return "primitive";
    return Object.entries(Object.getOwnPropertyDescriptors(value))
      .map(([key, { value, get }]) => `${key}:${identity(value)}:${identity(get)}`)
      .join();
  } catch {
    return "unreadable";
  }
}

const identities = new Map<unknown, number>();

function identity(value: unknown): number {
  const known = identities.get(value) ?? identities.size;
  identities.set(value, known);
  return known;
}
