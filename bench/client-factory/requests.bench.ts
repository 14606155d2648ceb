/**
 * What a request costs through the factory, beside a client kept in a module and a client made for every call, on
 * plain HTTP and on TLS, in one region and in ten. Microseconds per request, medians, each
 * beside the singleton; the sockets are counted by the endpoint, which is a process of its own.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createClientFactory } from "../../packages/client-factory/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { startServer } from "./server.ts";
import { tenRegions } from "./ten-regions.ts";

// Code that runs once in a request takes thousands of them to be compiled.
const { rounds, warmUp } = smoke ? { rounds: 30, warmUp: 10 } : { rounds: 3_000, warmUp: 4_000 };
const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const server = await startServer();

interface Candidate {
  send(region: string): Promise<unknown>;
  close(): void | Promise<void>;
}

const get = () => new GetSecretValueCommand({ SecretId: "name" });
const make = (endpoint: string, region: string, more = {}) =>
  new SecretsManagerClient({ endpoint, region, credentials, ...more });

const singleton = "one client per region (module singleton)";
const candidates: Record<string, (endpoint: string) => Candidate> = {
  [singleton]: (endpoint) => {
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

/** One beside the singleton at a time, turn and turn about: what the machine does besides falls on both alike. */
async function measure(name: string, endpoint: string, regions: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const candidate of Object.keys(candidates)) {
    const pair = [singleton, candidate].map((one) => ({ ...candidates[one]!(endpoint), samples: [] as number[] }));
    for (const one of pair) {
      for (let index = 0; index < warmUp; index += 1) await one.send(regions[index % regions.length]!);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const one of round % 2 === 0 ? pair : pair.toReversed()) {
        const start = performance.now();
        await one.send(regions[round % regions.length]!);
        one.samples.push((performance.now() - start) * 1_000);
      }
    }
    const [floor, own] = pair.map(({ samples }) => median(samples)) as [number, number];
    rows.push({
      case: name,
      candidate,
      "µs per request": Math.round(own),
      ratio: Math.round((own / floor) * 1_000) / 1_000,
      "new sockets in 20 more": await socketsFor(20, pair[1]!, regions),
    });
    for (const one of pair) await one.close();
  }
  return rows;
}

async function socketsFor(requests: number, one: Candidate, regions: readonly string[]): Promise<number> {
  await server.reset();
  for (let index = 0; index < requests; index += 1) await one.send(regions[index % regions.length]!);
  return (await server.counts()).opened;
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
  "client-factory-requests",
  { rows },
  ours.map((row) => ({
    goal: `through the factory ≤ 1.03 × the singleton (${row.case})`,
    figure: `${row.ratio} ×`,
    met: row.ratio <= 1.03,
  })),
);
