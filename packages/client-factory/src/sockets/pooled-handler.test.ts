import { Agent, type AgentOptions, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "@holdfast/errors/policy";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { NodeHttp2Handler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ClientFactory } from "../client-factory.ts";
import { createClientFactory } from "../create-client-factory.ts";
import type { ClientFactoryOptions } from "../factory-options.ts";
import { PooledHandler } from "./pooled-handler.ts";
import { SocketHosts } from "./socket-hosts.ts";

/** Waiting ends as soon as what is waited for is so; only a machine under load needs this long. */
const patient = { timeout: 10_000, interval: 5 };

let aws: LocalAws;
const open: ClientFactory[] = [];
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  aws.respond({ service: "dynamodb", reply: { output: { TableNames: [] } } });
  aws.respond({ service: "sqs", reply: { output: {} } });
  aws.respond({ service: "s3", reply: { raw: { status: 200, body: Buffer.alloc(1_000_000) } } });
});
afterAll(() => aws.close());
afterEach(async () => {
  aws.faults.clear();
  aws.clearCalls();
  for (const factory of open.splice(0)) await factory.close();
});

function factoryOf(options: ClientFactoryOptions = {}): ClientFactory {
  const factory = createClientFactory({ ...aws.clientConfig(), localOnly: true, ...options });
  open.push(factory);
  return factory;
}

const list = (factory: ClientFactory, region = "us-east-1") =>
  factory.client(SecretsManagerClient, { region }).send(new ListSecretsCommand({}));
const sockets = (factory: ClientFactory) => factory.stats().sockets;

test("all clients of all tiers together never have more sockets to one host than maxSockets", async () => {
  const factory = factoryOf({ sockets: { maxSockets: 5 } });
  aws.faults.add({ fault: "latency", latencyMs: 5 });
  let most = 0;
  const look = () => {
    const { socketsInUse, socketsFree } = factory.stats();
    most = Math.max(most, socketsInUse + socketsFree);
  };
  const watch = setInterval(look, 1);
  const kinds = [
    (index: number) =>
      factory.client(DynamoDBClient, { region: `eu-west-${1 + (index % 2)}` }).send(new ListTablesCommand({})),
    () => factory.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl: "http://q/1/q" })),
    (index: number) => list(factory, `eu-west-${1 + (index % 3)}`),
  ];
  await Promise.all(Array.from({ length: 120 }, (_, index) => kinds[index % 3]?.(index).finally(look)));
  clearInterval(watch);
  expect(most).toBe(5);
  expect(new Set(sockets(factory).map(({ tier }) => tier))).toEqual(new Set(["standard", "data", "long-poll"]));
});

test("a client that needs HTTP/2 keeps the handler it made, with the tier's time", async () => {
  const made: unknown[] = [];
  class StreamingClient extends SecretsManagerClient {
    constructor(config: SecretsManagerClientConfig) {
      made.push(config.requestHandler);
      super({ ...config, requestHandler: NodeHttp2Handler.create(config.requestHandler as never) });
    }
  }
  const client = factoryOf().client(StreamingClient);
  expect(client.config.requestHandler.metadata?.handlerProtocol).toBe("h2");
  expect(made).toEqual([{ requestTimeout: 30_000, sessionTimeout: 30_000 }]);
});

test("a client that goes to ever new hosts keeps sockets to the last 64", async () => {
  const hosts = new SocketHosts({}, systemClock);
  const tier = { name: "data", maxAttempts: 1, connectTimeoutMs: 1_000, readTimeoutMs: 1_000 } as const;
  const handler = new PooledHandler({ hosts, tier, localOnly: true });
  for (let port = 1; port <= 70; port += 1) {
    const request = { protocol: "http:", hostname: "127.0.0.1", port, method: "GET", path: "/", headers: {} };
    await handler.handle(request).catch(() => {}); // nobody listens there
  }
  expect(hosts.gauges()).toHaveLength(64);
  expect(hosts.gauges()[0]?.endpoint).toBe("http://127.0.0.1:7");
  handler.destroy();
  expect(hosts.gauges()).toEqual([]);
});

test("a client that goes from one host to another is looked at anew: each has sockets of its own, and AWS is still refused", async () => {
  const hosts = new SocketHosts({}, systemClock);
  const tier = { name: "data", maxAttempts: 1, connectTimeoutMs: 10_000, readTimeoutMs: 10_000 } as const;
  const handler = new PooledHandler({ hosts, tier, localOnly: true });
  const port = Number(new URL(aws.endpoint).port);
  const get = (hostname: string) => {
    const request = { protocol: "http:", hostname, port, method: "GET", path: "/", headers: {} };
    return handler.handle(request);
  };
  await get("127.0.0.1");
  await expect(get("203.0.113.1")).rejects.toMatchObject({ code: "ERR_NOT_LOCAL", hostname: "203.0.113.1" });
  await get("localhost").catch(() => {}); // it may be ::1, where nobody listens
  expect(hosts.gauges().map(({ endpoint }) => endpoint)).toEqual([
    `http://127.0.0.1:${port}`,
    `http://localhost:${port}`,
  ]);
  handler.destroy();
});

test("agents of the user's making are used, one for each host, with the factory's cap", async () => {
  const made: [string, AgentOptions][] = [];
  const createAgent = (endpoint: string, options: AgentOptions) => {
    made.push([endpoint, options]);
    return new Agent(options);
  };
  const factory = factoryOf({ sockets: { maxSockets: 7, createAgent } });
  await list(factory);
  await list(factory, "eu-west-1");
  expect(made).toEqual([[aws.endpoint, { keepAlive: true, maxSockets: 7 }]]);
});

test("sockets are kept for the next request, and gauges show them", async () => {
  const factory = factoryOf();
  await list(factory);
  await vi.waitFor(
    () =>
      expect(sockets(factory)).toEqual([
        { endpoint: aws.endpoint, tier: "standard", used: 0, free: 1, waiting: 0, maxSockets: 50 },
      ]),
    patient,
  );
  await list(factory, "eu-west-1");
  await vi.waitFor(
    () => expect(factory.stats()).toMatchObject({ socketsInUse: 0, socketsFree: 1, requestsWaiting: 0 }),
    patient,
  );
});

test("one client's destroy leaves the others' sockets alone; the last one's closes them", async () => {
  const factory = factoryOf();
  const [one, two] = ["us-east-1", "eu-west-1"].map((region) => factory.client(SecretsManagerClient, { region }));
  await one?.send(new ListSecretsCommand({}));
  aws.faults.add({ fault: "latency", latencyMs: 50 });
  const running = two?.send(new ListSecretsCommand({}));
  await vi.waitFor(() => expect(aws.calls()).toHaveLength(2), patient);
  one?.destroy();
  await expect(running).resolves.toBeDefined();
  two?.destroy();
  expect(sockets(factory)).toEqual([]);
  await expect(two?.send(new ListSecretsCommand({}))).resolves.toBeDefined(); // and opens its own again
});

test("a request beyond the pool waits in a queue that shows it, and an abort takes it out", async () => {
  const factory = factoryOf({ sockets: { maxSockets: 1 } });
  aws.faults.add({ fault: "hang", times: 1 });
  const aborters = [new AbortController(), new AbortController()];
  const sent = aborters.map(({ signal }) =>
    factory
      .client(SecretsManagerClient)
      .send(new ListSecretsCommand({}), { abortSignal: signal })
      .catch((error: Error) => error.name),
  );
  await vi.waitFor(() => expect(sockets(factory)).toMatchObject([{ used: 1, waiting: 1 }]), patient);
  await vi.waitFor(() => expect(aws.calls()).toHaveLength(1), patient);
  aborters[1]?.abort();
  expect(await sent[1]).toBe("AbortError");
  expect(aws.calls()).toHaveLength(1);
  expect(sockets(factory)).toMatchObject([{ used: 1, waiting: 0 }]);
  aborters[0]?.abort();
  await sent[0];
});

test("a full pool has an error of its own kind", async () => {
  const factory = factoryOf({ sockets: { maxSockets: 1, maxQueued: 0 }, tiers: { standard: { maxAttempts: 1 } } });
  aws.faults.add({ fault: "hang", times: 1 });
  const aborter = new AbortController();
  const first = factory
    .client(SecretsManagerClient)
    .send(new ListSecretsCommand({}), { abortSignal: aborter.signal })
    .catch(() => {});
  await vi.waitFor(() => expect(aws.calls()).toHaveLength(1), patient);
  await expect(list(factory)).rejects.toMatchObject({
    code: "ERR_POOL_SATURATED",
    endpoint: aws.endpoint,
    maxSockets: 1,
  });
  aborter.abort();
  await first;
});

test("a socket counts as used until the answer on it is read", async () => {
  const factory = factoryOf();
  const client = factory.client(S3Client, { config: { forcePathStyle: true } });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
  expect(sockets(factory)).toMatchObject([{ used: 1 }]);
  await Body?.transformToByteArray();
  await vi.waitFor(() => expect(sockets(factory)).toMatchObject([{ used: 0 }]), patient);
});

test("an answer that does not come is a TimeoutError, not a warning", async () => {
  const factory = factoryOf({ tiers: { standard: { maxAttempts: 1, readTimeoutMs: 60 } } });
  aws.faults.add({ fault: "hang" });
  await expect(list(factory)).rejects.toMatchObject({ name: "TimeoutError" });
  expect(sockets(factory)).toMatchObject([{ used: 0 }]);
});

test("an answer that stops coming half-way is a TimeoutError too", async () => {
  const factory = factoryOf({ tiers: { data: { readTimeoutMs: 500 } } }); // the first half has to arrive in time
  const { server, endpoint } = await stallingServer();
  const client = factory.client(S3Client, { endpoint, config: { forcePathStyle: true } });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
  await expect(Body?.transformToByteArray()).rejects.toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT" });
  expect(factory.stats().socketsInUse).toBe(0);
  server.close();
});

async function stallingServer() {
  const server = createServer((_, response) => response.writeHead(200, { "content-length": 10 }).write("half"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a tier's numbers can be replaced for one client", async () => {
  const factory = factoryOf();
  aws.faults.add({ fault: "hang" });
  const client = factory.client(SecretsManagerClient, { tier: { maxAttempts: 2, readTimeoutMs: 40 } });
  await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
    name: "TimeoutError",
    $metadata: { attempts: 2 },
  });
});

test("one call can be given less time than its tier", async () => {
  const factory = factoryOf({ tiers: { standard: { maxAttempts: 1 } } });
  aws.faults.add({ fault: "hang" });
  const call = factory.client(SecretsManagerClient).send(new ListSecretsCommand({}), { requestTimeout: 40 });
  await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
});

test("without a policy, the tier's attempts are the SDK's", async () => {
  aws.faults.add({ fault: "reset" });
  await expect(list(factoryOf({ tiers: { standard: { maxAttempts: 2 } } }))).rejects.toMatchObject({
    $metadata: { attempts: 2 },
  });
});

test("a time limit inside the policy destroys the request, and frees its socket", async () => {
  const limit = {
    maxAttempts: 1,
    execute: async <T>(fn: (context: { signal: AbortSignal }) => Promise<T>): Promise<T> => {
      const signal = AbortSignal.timeout(60);
      return Promise.race([
        fn({ signal }),
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ]);
    },
  };
  const factory = factoryOf({ policy: limit });
  aws.faults.add({ fault: "hang" });
  await expect(list(factory)).rejects.toMatchObject({ name: "TimeoutError" });
  await vi.waitFor(() => expect(sockets(factory)).toMatchObject([{ used: 0 }]), patient);
});
