import { type AddressInfo, createServer, type Server } from "node:net";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, expect, test } from "vitest";
import { type Classification, classify } from "../index.ts";

// Errors of ioredis and node-redis, from a server on this host that speaks RESP and refuses every GET.

type Said = Partial<Classification>;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function serverThatSays(reply: string): Promise<number> {
  return listen(
    createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        for (const name of commandNames(data.toString())) socket.write(name === "GET" ? `-${reply}\r\n` : "+OK\r\n");
      });
    }),
  );
}

/** The names of the commands in what a client sent: arrays of bulk strings, each `*<count>` and `$<length>` with text. */
function commandNames(sent: string): readonly string[] {
  return [...sent.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)].map(([, name]) => `${name}`.toUpperCase());
}

async function ioredisError(port: number, options = {}): Promise<unknown> {
  const quiet = { enableReadyCheck: false, disableClientInfo: true, lazyConnect: true, retryStrategy: () => null };
  const client = new Redis({ host: "127.0.0.1", port, ...quiet, ...options });
  client.on("error", () => {});
  closing.push(() => client.disconnect());
  return client.get("k").then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function nodeRedisError(port: number): Promise<unknown> {
  const client = createClient({ RESP: 2, socket: { host: "127.0.0.1", port, reconnectStrategy: false } });
  client.on("error", () => {});
  try {
    await client.connect();
    closing.push(() => client.destroy());
    return await client.get("k");
  } catch (error) {
    return error;
  }
}

test.each<[string, Said]>([
  ["LOADING Redis is loading the dataset in memory", { kind: "service", retry: "transient" }],
  ["BUSY Redis is busy running a script. You can only call SCRIPT KILL", { kind: "service", retry: "transient" }],
  ["READONLY You can't write against a read only replica.", { kind: "service", retry: "transient" }],
  ["MASTERDOWN Link with MASTER is down", { kind: "service", retry: "transient" }],
  ["CLUSTERDOWN The cluster is down", { kind: "service", retry: "transient" }],
  ["TRYAGAIN Multiple keys request during rehashing of slot", { kind: "service", retry: "transient" }],
  ["NOREPLICAS Not enough good replicas to write.", { kind: "service", retry: "transient" }],
  ["MOVED 3999 127.0.0.1:6381", { kind: "configuration", retry: "never" }], // a cluster, and no client for one
  ["ASK 3999 127.0.0.1:6381", { kind: "configuration", retry: "never" }],
  ["OOM command not allowed when used memory > 'maxmemory'.", { kind: "quota", retry: "never" }],
  ["NOAUTH Authentication required.", { kind: "authentication", retry: "never" }],
  ["WRONGPASS invalid username-password pair", { kind: "authentication", retry: "never" }],
  ["NOPERM this user has no permissions to run the 'get' command", { kind: "authorization", retry: "never" }],
  ["DENIED Redis is running in protected mode", { kind: "authorization", retry: "never" }],
  ["WRONGTYPE Operation against a key holding the wrong kind of value", { kind: "defect", retry: "never" }],
  ["CROSSSLOT Keys in request don't hash to the same slot", { kind: "defect", retry: "never" }],
  ["MISCONF Redis is configured to save RDB snapshots", { kind: "storage", retry: "never" }],
  ["NOSCRIPT No matching script.", { kind: "not-found", retry: "never" }],
  ["EXECABORT Transaction discarded because of previous errors.", { kind: "state", retry: "never" }],
  ["BUSYGROUP Consumer Group name already exists", { kind: "conflict", retry: "never" }],
  ["BUSYKEY Target key name already exists.", { kind: "conflict", retry: "never" }],
  ["ERR unknown command, connection throttled", { kind: "validation", retry: "never" }],
])("%s", async (reply, expected) => {
  const port = await serverThatSays(reply);
  const said = { ...expected, code: reply.split(" ")[0] };
  expect(classify(await ioredisError(port))).toMatchObject(said);
  expect(classify(await nodeRedisError(port))).toMatchObject(said);
});

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("nobody listens: node-redis says so; ioredis says only that it has no connection", async () => {
  const port = await closedPort();
  expect(classify(await nodeRedisError(port))).toMatchObject({ code: "ECONNREFUSED", retry: "transient" });
  expect(classify(await ioredisError(port))).toMatchObject({ kind: "network", retry: "if-idempotent" });
});

test("ioredis gives up reconnecting: what it had sent may have taken effect", async () => {
  const port = await listen(createServer((socket) => socket.once("data", () => socket.destroy())));
  const error = await ioredisError(port, { retryStrategy: () => 1, maxRetriesPerRequest: 1 });
  expect(classify(error)).toMatchObject({
    code: "MaxRetriesPerRequestError",
    kind: "network",
    retry: "if-idempotent",
  });
});
