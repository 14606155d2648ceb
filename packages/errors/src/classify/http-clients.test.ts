import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import axios from "axios";
import got from "got";
import ky from "ky";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Classification, classify } from "../index.ts";

// Errors of axios, got and ky, from a server on this host: /<status> answers so, /hang not at all, /reset cuts the connection.

type Said = Partial<Classification>;
let server: Server;
let origin: string;
let nobody: string;

beforeAll(async () => {
  server = createServer(({ url, socket }, response) => {
    if (url === "/reset") socket.destroy();
    else if (url !== "/hang") response.writeHead(Number(url?.slice(1)), { "retry-after": "7" }).end("{}");
  });
  origin = await listening(server);
  const closed = createServer();
  nobody = await listening(closed);
  await new Promise((resolve) => closed.close(resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function listening(one: Server): Promise<string> {
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

interface Asking {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const clients: Readonly<Record<string, (url: string, asking?: Asking) => Promise<unknown>>> = {
  axios: (url, { timeoutMs, signal } = {}) =>
    axios.get(url, { ...(timeoutMs && { timeout: timeoutMs }), ...(signal && { signal }) }),
  got: (url, { timeoutMs, signal } = {}) =>
    got(url, { retry: { limit: 0 }, ...(timeoutMs && { timeout: { request: timeoutMs } }), ...(signal && { signal }) }),
  ky: (url, { timeoutMs, signal } = {}) =>
    ky.get(url, { retry: 0, timeout: timeoutMs ?? false, ...(signal && { signal }) }),
};

describe.each(Object.keys(clients))("%s", (name) => {
  async function errorOf(url: string, asking?: Asking): Promise<unknown> {
    try {
      await clients[name]?.(url, asking);
    } catch (error) {
      return error;
    }
    throw new Error("it succeeded");
  }

  test.each<[number, Said]>([
    [400, { kind: "validation", retry: "never" }],
    [401, { kind: "authentication", retry: "after-refresh" }],
    [403, { kind: "authorization", retry: "never" }],
    [404, { kind: "not-found", retry: "never" }],
    [409, { kind: "conflict", retry: "transient" }],
    [429, { kind: "throttling", retry: "throttling", retryAfterMs: 7_000 }],
    [500, { kind: "service", retry: "transient" }],
    [502, { kind: "service", retry: "if-idempotent" }],
    [503, { kind: "service", retry: "transient", retryAfterMs: 7_000 }],
  ])("status %i", async (status, expected) => {
    expect(classify(await errorOf(`${origin}/${status}`))).toMatchObject({ httpStatus: status, ...expected });
  });

  test("a connection cut before the answer may have taken effect", async () => {
    expect(classify(await errorOf(`${origin}/reset`))).toMatchObject({ kind: "network", retry: "if-idempotent" });
  });

  test("nobody listens", async () => {
    expect(classify(await errorOf(nobody))).toMatchObject({
      code: "ECONNREFUSED",
      kind: "network",
      retry: "transient",
    });
  });

  test("its own timeout may have taken effect", async () => {
    const said = classify(await errorOf(`${origin}/hang`, { timeoutMs: 30 }));
    expect(said.retry).toBe("if-idempotent");
    expect(said.kind).toBe(name === "axios" ? "network" : "timeout"); // axios says ECONNABORTED, as of a lost connection
  });

  test("a caller who gives up", async () => {
    const leaving = new AbortController();
    const failure = errorOf(`${origin}/hang`, { signal: leaving.signal });
    leaving.abort();
    const said = classify(await failure, { signal: leaving.signal });
    expect(said).toMatchObject({ kind: "aborted", retry: "never", fault: "caller" });
  });

  test("AbortSignal.timeout is a timeout, if only by the signal", async () => {
    const signal = AbortSignal.timeout(30);
    const said = classify(await errorOf(`${origin}/hang`, { signal }), { signal });
    expect(said).toMatchObject({ kind: "timeout", retry: "if-idempotent" });
  });
});
