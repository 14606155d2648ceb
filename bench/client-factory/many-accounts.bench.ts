/**
 * A hundred accounts, ten regions, five clients in each: five thousand clients, a request each, fifty at a time. How
 * often STS is asked, how many sockets there are to the host at most, how much memory it all takes; with room for
 * all the clients, and for a fifth of them.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createClientFactory } from "../../packages/client-factory/src/index.ts";
import { report, smoke } from "../report.ts";
import { startServer } from "./server.ts";
import { tenRegions } from "./ten-regions.ts";

const accounts = smoke ? 4 : 100;
const services = ["a", "b", "c", "d", "e"];
const maxSockets = 20;
const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const server = await startServer();

function memory(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Row {
  readonly "room for": number;
  readonly clients: number;
  readonly evicted: number;
  readonly AssumeRole: number;
  readonly "most sockets": number;
  readonly "MB in all": number;
  readonly "KB per client": number;
  readonly "requests per second": number;
}

async function measure(maxClients: number): Promise<Row> {
  await server.reset();
  const before = memory();
  const factory = createClientFactory({
    endpoint: server.endpoint,
    credentials,
    maxClients,
    sockets: { maxSockets, maxQueued: 100_000 },
  });
  const work = Array.from(
    { length: accounts },
    (_, account) => `arn:aws:iam::${200_000_000_000 + account}:role/Deploy`,
  ).flatMap((role) =>
    tenRegions.flatMap((region) => services.map((service) => ({ role, region, config: { userAgentAppId: service } }))),
  );
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    for (let task = work[next++]; task !== undefined; task = work[next++]) {
      await factory.client(SecretsManagerClient, task).send(new GetSecretValueCommand({ SecretId: "name" }));
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  const seconds = (performance.now() - start) / 1_000;
  const { clients, evicted } = factory.stats();
  const bytes = memory() - before;
  const { assumed, most } = await server.counts();
  await factory.close();
  return {
    "room for": maxClients,
    clients,
    evicted,
    AssumeRole: assumed,
    "most sockets": most,
    "MB in all": Math.round(bytes / 100_000) / 10,
    "KB per client": Math.round(bytes / clients / 100) / 10,
    "requests per second": Math.round(work.length / seconds),
  };
}

await measure(1_000); // warms up
const all = accounts * tenRegions.length * services.length;
const rows = [await measure(all), await measure(all / 5)];
server.stop();
console.table(rows);
const once = rows.every((row) => row.AssumeRole === accounts);
const sockets = Math.max(...rows.map((row) => row["most sockets"]));
report("client-factory-many-accounts", { accounts, maxSockets, rows }, [
  {
    goal: "one AssumeRole per account",
    figure: rows.map((row) => `${row.AssumeRole} for ${accounts}`).join(", "),
    met: once,
  },
  {
    goal: `never above ${maxSockets} sockets to the host, for all clients together`,
    figure: `${sockets} at most`,
    met: sockets <= maxSockets,
  },
]);
