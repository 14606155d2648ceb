import { mkdir, readFile } from "node:fs/promises";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Classification, classify } from "../index.ts";

type Said = Partial<Classification>;
// The driver's client alone: its index takes an ESM pool for a CommonJS one under the test runner's conditions.
const { default: Client } = (await import(String("pg/lib/client.js"))) as { default: typeof import("pg").Client };
const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function errorOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}

async function listen(server: Server | HttpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

describe("fetch and undici", () => {
  async function closedPort(): Promise<number> {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  test("a refused connection is the cause of fetch's TypeError", async () => {
    const error = await errorOf(async () => fetch(`http://127.0.0.1:${await closedPort()}/`));
    expect(error).toBeInstanceOf(TypeError);
    expect(classify(error)).toMatchObject({ code: "ECONNREFUSED", kind: "network", retry: "transient" } satisfies Said);
  });

  test("a connection cut before the answer may have taken effect", async () => {
    const port = await listen(createServer((socket) => socket.once("data", () => socket.destroy())));
    const error = await errorOf(() => fetch(`http://127.0.0.1:${port}/`));
    expect(classify(error)).toMatchObject({ code: "UND_ERR_SOCKET", kind: "network", retry: "if-idempotent" });
  });

  test("AbortSignal.timeout rejects fetch with a TimeoutError", async () => {
    const port = await listen(createHttpServer(() => {}));
    const error = await errorOf(() => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(20) }));
    expect(classify(error)).toMatchObject({ code: "TimeoutError", kind: "timeout", retry: "if-idempotent" });
  });

  test("a caller who gives up rejects fetch with an AbortError", async () => {
    const error = await errorOf(() => fetch("http://127.0.0.1:1/", { signal: AbortSignal.abort() }));
    expect(classify(error)).toMatchObject({ kind: "aborted", retry: "never" });
  });

  test("undici's timeout for headers", async () => {
    const port = await listen(createHttpServer(() => {}));
    const dispatcher = new Agent({ headersTimeout: 20 });
    closing.push(() => dispatcher.destroy());
    const error = await errorOf(() => request(`http://127.0.0.1:${port}/`, { dispatcher }));
    expect(classify(error)).toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT", kind: "timeout", retry: "if-idempotent" });
  }, 10_000);

  test("an invalid URL is a setting", async () => {
    expect(classify(await errorOf(() => request("not a url")))).toMatchObject({ retry: "never" });
  });

  test.each<[string, object, Said]>([
    [
      "axios, with the status on the error too",
      { name: "AxiosError", status: 503, response: { status: 503, headers: { "retry-after": "7" } } },
      { kind: "service", httpStatus: 503, retryAfterMs: 7_000 },
    ],
    [
      "fetch's answer in a plain Error",
      { name: "Error", response: new Response("", { status: 503, headers: { "Retry-After": "3" } }) },
      { kind: "service", httpStatus: 503, retryAfterMs: 3_000 },
    ],
    [
      "fetch's answer in an error whose name is known",
      {
        name: "ThrottlingException",
        response: new Response("", { status: 429, headers: { "Retry-After": "3" } }),
      },
      { kind: "throttling", httpStatus: 429, retryAfterMs: 3_000 },
    ],
    ["a status in words beside its number", { name: "Error", status: "busy", statusCode: 503 }, { httpStatus: 503 }],
    [
      "headers without a status",
      { name: "ThrottlingException", response: { headers: { "retry-after": "3" } } },
      { kind: "throttling", httpStatus: undefined, retryAfterMs: undefined },
    ],
    [
      "an answer that must not be asked for again",
      { name: "Error", response: new Response("", { status: 404, headers: { "Retry-After": "3" } }) },
      { kind: "not-found", retryAfterMs: undefined },
    ],
    ["a number that is no status", { name: "HttpError", status: 42 }, { kind: "unknown", httpStatus: undefined }],
    ["a status of success", { name: "HttpError", status: 204 }, { kind: "unknown", httpStatus: 204 }],
    ["a plain status", { name: "HttpError", status: 401 }, { kind: "authentication", retry: "after-refresh" }],
  ])("%s", (_name, fields, expected) => {
    expect(classify(Object.assign(new Error("m"), fields))).toMatchObject(expected);
  });
});

describe("Node", () => {
  test.each<[string, () => Promise<unknown>, Said]>([
    [
      "no such file",
      () => readFile(join(tmpdir(), "holdfast-none", "none")),
      { code: "ENOENT", kind: "not-found", retry: "never" },
    ],
    ["it exists", () => mkdir(tmpdir()), { code: "EEXIST", kind: "conflict", retry: "never" }],
    [
      "no such module",
      () => import(String("holdfast-no-such-module")),
      { code: "ERR_MODULE_NOT_FOUND", kind: "dependency", retry: "never" },
    ],
  ])("%s", async (_name, run, expected) => {
    expect(classify(await errorOf(run))).toMatchObject(expected);
  });

  test.each<[string, Said]>([
    ["ENOSPC", { kind: "storage", retry: "never" }],
    ["EACCES", { kind: "authorization", retry: "never" }],
    ["EMFILE", { kind: "limit-reached", retry: "transient", fault: "caller" }],
    ["EADDRINUSE", { kind: "conflict", retry: "never" }],
  ])("%s", (code, expected) => {
    expect(classify(Object.assign(new Error("m"), { code, syscall: "open" }))).toMatchObject(expected);
  });

  test("a mistake in a program is a defect, also as a cause", () => {
    const mistake = new TypeError("undefined is not a function");
    expect(classify(mistake)).toMatchObject({ kind: "defect", severity: "critical", retry: "never" });
    expect(classify(new Error("job failed", { cause: mistake }))).toMatchObject({ kind: "defect" });
  });

  test("several failures are judged by the first", async () => {
    const refused = Object.assign(new Error("m"), { code: "ECONNREFUSED" });
    const error = await errorOf(() => Promise.any([Promise.reject(refused), Promise.reject(new Error("other"))]));
    expect(classify(error)).toMatchObject({ kind: "network", retry: "transient" });
  });
});

describe("PostgreSQL, as the pg driver reports it", () => {
  const field = (type: string, value: string): Buffer => Buffer.from(`${type}${value}\0`);

  function message(type: string, ...parts: Buffer[]): Buffer {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(5);
    head.write(type, 0);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  }

  /** A server that takes the connection and answers each query with one error. */
  async function serverThatSays(state: string): Promise<number> {
    const ready = message("Z", Buffer.from("I"));
    const refusal = message(
      "E",
      field("S", "ERROR"),
      field("V", "ERROR"),
      field("C", state),
      field("M", "as scripted"),
      Buffer.from([0]),
    );
    return listen(
      createServer((socket: Socket) => {
        socket.on("error", () => {});
        socket.once("data", () => {
          socket.write(Buffer.concat([message("R", Buffer.from([0, 0, 0, 0])), ready]));
          socket.on("data", (data) => data[0] === 0x51 && socket.write(Buffer.concat([refusal, ready])));
        });
      }),
    );
  }

  test.each<[string, Said]>([
    ["40001", { kind: "conflict", retry: "transient" }], // serialization_failure
    ["40P01", { kind: "conflict", retry: "transient" }], // deadlock_detected
    ["40003", { kind: "network", retry: "if-idempotent" }], // statement_completion_unknown
    ["23505", { kind: "conflict", retry: "never" }], // unique_violation
    ["23503", { kind: "validation", retry: "never" }], // foreign_key_violation
    ["22P02", { kind: "validation", retry: "never" }],
    ["28P01", { kind: "authentication", retry: "never" }],
    ["42501", { kind: "authorization", retry: "never" }],
    ["42P01", { kind: "not-found", retry: "never" }],
    ["42601", { kind: "defect", retry: "never" }], // syntax_error
    ["53300", { kind: "throttling", retry: "throttling" }], // too_many_connections
    ["53100", { kind: "storage", retry: "never" }], // disk_full
    ["55P03", { kind: "conflict", retry: "transient" }], // lock_not_available
    ["57014", { kind: "timeout", retry: "transient" }], // query_canceled
    ["57P01", { kind: "service", retry: "transient" }], // admin_shutdown
    ["57P03", { kind: "service", retry: "transient" }], // cannot_connect_now
    ["08006", { kind: "network", retry: "if-idempotent" }],
    ["XX000", { kind: "service", retry: "never" }],
  ])("%s", async (state, expected) => {
    const client = new Client({
      host: "127.0.0.1",
      port: await serverThatSays(state),
      user: "u",
      database: "d",
      password: "p",
    });
    client.on("error", () => {});
    await client.connect();
    closing.push(() => client.end());
    const error = await errorOf(() => client.query("select 1"));
    expect(classify(error)).toMatchObject({ code: state, ...expected });
  });

  test("five capitals without a severity are no SQLSTATE", () => {
    expect(classify(Object.assign(new Error("m"), { code: "40001" })).kind).toBe("unknown");
  });
});

test("the words of Redis in another error say nothing", () => {
  expect(classify(new Error("LOADING the dishwasher")).kind).toBe("unknown");
});

test("a number that is no gRPC status says nothing", () => {
  expect(classify(Object.assign(new Error("m"), { code: 99, details: "m" })).kind).toBe("unknown");
  expect(classify(Object.assign(new Error("m"), { code: 14 })).kind).toBe("unknown");
});

describe("schemas", () => {
  test("Zod", () => {
    const { error } = z.object({ region: z.string() }).safeParse({});
    expect(classify(error)).toMatchObject({ kind: "validation", retry: "never" });
  });

  test("what the Standard Schema interface returns", () => {
    expect(classify({ issues: [{ message: "Expected a string", path: ["region"] }] })).toMatchObject({
      kind: "validation",
      retry: "never",
    });
  });
});

describe("the house and cockatiel", () => {
  test.each<[string, Said]>([
    ["ERR_CIRCUIT_OPEN", { kind: "circuit-open", retry: "never" }],
    ["ERR_LIMIT_REACHED", { kind: "limit-reached", retry: "transient" }],
    ["ERR_POOL_SATURATED", { kind: "limit-reached", retry: "transient" }],
    ["ERR_TIMEOUT", { kind: "timeout", retry: "if-idempotent" }],
    ["ERR_HOLDFAST_OPTION", { kind: "configuration", retry: "never" }],
    ["ERR_CREDENTIALS", { kind: "authentication", retry: "never" }],
    ["ERR_REGION", { kind: "configuration", retry: "never" }],
    ["ERR_JOURNAL_CORRUPT", { kind: "storage", retry: "never" }],
    ["ERR_JOURNAL_CLOSED", { kind: "state", retry: "never" }],
    ["ERR_JOURNAL_STATE", { kind: "state", retry: "never" }],
    ["ERR_JOURNAL_FENCED", { kind: "state", retry: "never" }],
    ["ERR_JOURNAL_UNKNOWN_STEP", { kind: "state", retry: "never" }],
    ["ERR_JOURNAL_FULL", { kind: "storage", retry: "never" }],
    ["ERR_JOURNAL_BROKEN", { kind: "storage", retry: "never" }],
    ["ERR_JOURNAL_DAMAGED", { kind: "storage", retry: "never" }],
    ["ERR_JOURNAL_STORE", { kind: "storage", retry: "never" }],
    ["ERR_JOURNAL_INPUT", { kind: "validation", retry: "never" }],
    ["ERR_JOURNAL_OPERATION", { kind: "configuration", retry: "never" }],
    ["ERR_NOT_LOCAL", { kind: "configuration", retry: "never" }],
    ["ERR_MISSING_PEER", { kind: "dependency", retry: "never" }],
    ["ERR_INVALID_ARG_TYPE", { kind: "defect", retry: "never" }],
    ["ERR_OF_SOMEONE_ELSE", { kind: "unknown", retry: "never" }],
  ])("%s", (code, expected) => {
    expect(classify(Object.assign(new Error("m"), { code, retryAfterMs: 250 }))).toMatchObject({
      code,
      retryAfterMs: 250,
      ...expected,
    });
  });

  test("a role that could not be assumed is judged by why", () => {
    const throttled = Object.assign(new Error("m"), { name: "Throttling", $metadata: { httpStatusCode: 400 } });
    const error = Object.assign(new Error("m", { cause: throttled }), { code: "ERR_ASSUME_ROLE" });
    expect(classify(error)).toMatchObject({ code: "ERR_ASSUME_ROLE", kind: "throttling", retry: "throttling" });
  });

  test("a cause that says nothing leaves the word to the outer error", () => {
    const error = Object.assign(new Error("m", { cause: new Error("x") }), { name: "CredentialsProviderError" });
    expect(classify(error)).toMatchObject({ code: "CredentialsProviderError", kind: "authentication" });
  });

  test("a hint below zero is none", () => {
    expect(
      classify(Object.assign(new Error("m"), { code: "ERR_LIMIT_REACHED", retryAfterMs: -1 })).retryAfterMs,
    ).toBeUndefined();
  });

  test("a circuit held open by hand gives no hint", () => {
    const error = Object.assign(new Error("m"), { code: "ERR_CIRCUIT_OPEN", retryAfterMs: Number.POSITIVE_INFINITY });
    expect(classify(error).retryAfterMs).toBeUndefined();
  });

  test.each<[object, Said]>([
    [{ isBrokenCircuitError: true }, { kind: "circuit-open", retry: "never" }],
    [{ isBulkheadRejectedError: true }, { kind: "limit-reached", retry: "transient" }],
    [{ isTaskCancelledError: true }, { kind: "timeout", retry: "if-idempotent" }],
  ])("cockatiel: %o", (flag, expected) => {
    expect(classify(Object.assign(new Error("m"), flag))).toMatchObject(expected);
  });
});
