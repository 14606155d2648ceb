/**
 * What a request costs through the factory, beside a client kept in a module and a client made for every call, on
 * plain HTTP and on TLS, in one region and in ten. Microseconds per request, medians, one request of each in
 * turn; the sockets are counted by the endpoint, which is a process of its own.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createClientFactory } from "../../packages/client-factory/src/index.ts";
import { median, report, smoke } from "./report.ts";
import { startServer } from "./server.ts";

// Code that runs once in a request takes thousands of them to be compiled.
const { rounds, warmUp } = smoke ? { rounds: 150, warmUp: 30 } : { rounds: 4_000, warmUp: 6_000 };
const tenRegions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "ap-south-1",
  "sa-east-1",
];
const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const server = await startServer();

interface Candidate {
  send(region: string): Promise<unknown>;
  close(): void | Promise<void>;
}

const get = () => new GetSecretValueCommand({ SecretId: "name" });
const make = (endpoint: string, region: string, more = {}) =>
  new SecretsManagerClient({ endpoint, region, credentials, ...more });

const candidates: Record<string, (endpoint: string) => Candidate> = {
  "one client per region (module singleton)": (endpoint) => {
    const clients = new Map(tenRegions.map((region) => [region, make(endpoint, region)]));
    return {
      send: (region) => clients.get(region)!.send(get()),
      close() {
        for (const client of clients.values()) client.destroy();
      },
    };
  },
  "ours: factory.client per request": (endpoint) => {
    const factory = createClientFactory({ endpoint, credentials });
    return {
      send: (region) => factory.client(SecretsManagerClient, { region }).send(get()),
      close: () => factory.close(),
    };
  },
  "a client per request, destroyed": (endpoint) => ({
    async send(region) {
      const client = make(endpoint, region);
      await client.send(get());
      client.destroy();
    },
    close() {},
  }),
  "a client per request, shared handler": (endpoint) => {
    const requestHandler = new NodeHttpHandler();
    return {
      send: (region) => make(endpoint, region, { requestHandler }).send(get()),
      close: () => requestHandler.destroy(),
    };
  },
};

interface Row {
  readonly case: string;
  readonly candidate: string;
  readonly "µs per request": number;
  readonly ratio: number;
  readonly "new sockets in 20 more": number;
}

async function measure(name: string, endpoint: string, regions: readonly string[]): Promise<Row[]> {
  const running = Object.entries(candidates).map(([candidate, start]) => {
    return { candidate, ...start(endpoint), samples: [] as number[], opened: 0 };
  });
  for (const one of running) {
    for (let index = 0; index < warmUp; index += 1) await one.send(regions[index % regions.length]!);
  }
  // One request of each in turn, in every order: what else the machine does, and what one leaves to the next to
  // clean up, falls on all alike.
  const orders = permutations(running);
  for (let round = 0; round < rounds; round += 1) {
    for (const one of orders[round % orders.length]!) {
      const start = performance.now();
      await one.send(regions[round % regions.length]!);
      one.samples.push((performance.now() - start) * 1_000);
    }
  }
  for (const one of running) {
    await server.reset();
    for (let index = 0; index < 20; index += 1) await one.send(regions[index % regions.length]!);
    one.opened = (await server.counts()).opened;
    await one.close();
  }
  const floor = median(running[0]!.samples);
  return running.map(({ candidate, samples, opened }) => ({
    case: name,
    candidate,
    "µs per request": Math.round(median(samples)),
    ratio: Math.round((median(samples) / floor) * 1_000) / 1_000,
    "new sockets in 20 more": opened,
  }));
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

const rows = [
  ...(await measure("plain, 1 region", server.endpoint, tenRegions.slice(0, 1))),
  ...(await measure("plain, 10 regions", server.endpoint, tenRegions)),
  ...(server.secureEndpoint === undefined ? [] : await measure("TLS, 10 regions", server.secureEndpoint, tenRegions)),
];
server.stop();
console.table(rows);
if (server.secureEndpoint === undefined)
  console.log("TLS was not measured: there is no openssl to make a certificate with");
const ours = rows.filter(({ candidate }) => candidate.startsWith("ours"));
report(
  "requests",
  { rows },
  ours.map((row) => ({
    goal: `through the factory ≤ 1.03 × the singleton (${row.case})`,
    figure: `${row.ratio} ×`,
    met: row.ratio <= 1.03,
  })),
);
