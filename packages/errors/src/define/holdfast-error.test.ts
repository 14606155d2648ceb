import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { classify, HoldfastError, isHoldfastError } from "../index.ts";

function failure(): HoldfastError {
  const root = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  return new HoldfastError(
    "The stack could not be made; see its events",
    {
      code: "STACK_FAILED",
      kind: "provisioning",
      retry: "transient",
      severity: "critical",
      context: { stack: "web", apiToken: "hunter2" },
      remediation: [{ text: "Look", command: "aws cloudformation describe-stack-events" }],
      retryAfterMs: 500,
    },
    { cause: root },
  );
}

test("what it says of itself is what classify says", () => {
  expect(classify(failure())).toMatchObject({
    code: "STACK_FAILED",
    kind: "provisioning",
    retry: "transient",
    fault: "server",
    severity: "critical",
    retryAfterMs: 500,
  });
});

test.each([
  ["throttling", "throttling", "client", "low"],
  ["service", "transient", "server", "medium"],
  ["limit-reached", "transient", "caller", "medium"],
  ["network", "if-idempotent", "network", "medium"],
  ["timeout", "if-idempotent", "network", "medium"],
  ["validation", "never", "client", "medium"],
  ["authentication", "never", "client", "high"],
  ["defect", "never", "caller", "critical"],
] as const)("an error of kind %s is by default retried %s, fault %s, severity %s", (kind, retry, fault, severity) => {
  expect(new HoldfastError("m", { code: "E", kind })).toMatchObject({ retry, fault, severity });
});

test("what its context says of the call is classified, unless the caller knows better", () => {
  const context = { service: "SecretsManager", operation: "PutSecretValue", region: "eu-west-1", secret: "prod/db" };
  const error = new HoldfastError("m", { code: "E", kind: "state", context });
  expect(classify(error)).toMatchObject({
    service: "SecretsManager",
    operation: "PutSecretValue",
    region: "eu-west-1",
  });
  expect(classify(error, { service: "STS", operation: undefined })).toMatchObject({
    service: "STS",
    operation: "PutSecretValue",
  });
});

test("a class of your own gives it its name", () => {
  class DiskFullError extends HoldfastError {}
  expect(new DiskFullError("m", { code: "DISK_FULL", kind: "storage" }).name).toBe("DiskFullError");
});

describe("as JSON", () => {
  test("keeps ten causes, each with its own context", () => {
    let error: HoldfastError | undefined;
    for (let depth = 0; depth <= 10; depth++) {
      error = new HoldfastError(
        `level ${depth}`,
        { code: "E", kind: "state", context: { step: { number: depth } } },
        { cause: error },
      );
    }
    const text = JSON.stringify(error);
    for (let depth = 0; depth <= 10; depth++) expect(text).toContain(`"step":{"number":${depth}}`);
  });

  test("keeps what programs read, without secrets and stack", () => {
    expect(JSON.parse(JSON.stringify(failure()))).toEqual({
      name: "HoldfastError",
      message: "The stack could not be made; see its events",
      code: "STACK_FAILED",
      kind: "provisioning",
      retry: "transient",
      fault: "server",
      severity: "critical",
      context: { stack: "web", apiToken: "[redacted]" },
      remediation: [{ text: "Look", command: "aws cloudformation describe-stack-events" }],
      retryAfterMs: 500,
      cause: { name: "Error", message: "socket hang up", code: "ECONNRESET" },
    });
  });

  test("and back: kind, code, context and cause", () => {
    const back = HoldfastError.fromJSON(JSON.parse(JSON.stringify(failure())));
    expect(back).toBeInstanceOf(HoldfastError);
    expect(classify(back)).toEqual(classify(failure()));
    expect(back).toMatchObject({ context: { stack: "web" }, remediation: [{ text: "Look" }] });
    expect(classify(back.cause)).toMatchObject({ code: "ECONNRESET", kind: "network" });
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(failure())));
  });

  test("a foreign error comes back as a plain one", () => {
    const back = HoldfastError.fromJSON({ name: "TypeError", message: "m", code: "X" });
    expect(back).not.toBeInstanceOf(HoldfastError);
    expect(back).toMatchObject({ name: "TypeError", message: "m", code: "X" });
  });

  test.each([undefined, null, 1, "text", [], { cause: { cause: 1 } }])(
    "anything at all comes back as an error: %o",
    (json) => {
      expect(HoldfastError.fromJSON(json)).toBeInstanceOf(Error);
    },
  );

  test("JSON that nests for ever is cut", () => {
    const json: Record<string, unknown> = { message: "m" };
    json.cause = json;
    expect(HoldfastError.fromJSON(json)).toBeInstanceOf(Error);
  });
});

describe("recognised", () => {
  test("from a worker, whichever copy of the package it loaded", async () => {
    const program = `
      const { parentPort } = require("node:worker_threads");
      import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)}).then(({ HoldfastError }) => {
        const error = new HoldfastError("m", { code: "E_WORKER", kind: "storage" }, { cause: new Error("disk") });
        parentPort.postMessage(error.toJSON());
      });`;
    const worker = new Worker(program, { eval: true, execArgv: ["--conditions=@holdfast/source"] });
    const json = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    await worker.terminate();
    expect(isHoldfastError(json)).toBe(true);
    expect(classify(json)).toMatchObject({ code: "E_WORKER", kind: "storage" });
    expect(HoldfastError.fromJSON(json)).toMatchObject({ code: "E_WORKER", cause: { message: "disk" } });
  });

  test("a foreign error with a kind of its own is not", () => {
    expect(isHoldfastError(Object.assign(new Error("m"), { code: "E", kind: "network" }))).toBe(false);
    expect(isHoldfastError(Object.assign(new Error("m"), { code: "E", kind: "fancy", retry: "never" }))).toBe(false);
  });
});
