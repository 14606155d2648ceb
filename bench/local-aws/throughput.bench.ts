/**
 * How many requests per second the endpoint answers, in a process of its own, and how soon it is up.
 * Beside it, in turns, a bare node:http server that reads the same requests and answers `{}` to all.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { startLocalAws } from "../../packages/local-aws/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { capturedRequest } from "./captured-request.ts";
import { load } from "./load.ts";

const [rounds, roundMs, calls] = smoke ? [1, 200, 200] : [7, 1_500, 5_000];
const connections = 16;

async function endpoint(kind: string) {
  const child = fork(new URL("./endpoint-process.ts", import.meta.url), [kind], {
    execArgv: ["--conditions=@holdfast/source"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { kind, port, stop: () => child.disconnect() };
}

/** Requests per second of an SDK client in the endpoint's own process, `concurrency` at once: mostly the client's time. */
async function throughClient(concurrency: number): Promise<number> {
  await using local = await startLocalAws({ quotas: false });
  const client = new SecretsManagerClient(local.clientConfig());
  await client.send(new CreateSecretCommand({ Name: "bench", SecretString: "value" }));
  const start = performance.now();
  const worker = async () => {
    for (let call = 0; call < calls / concurrency; call++)
      await client.send(new GetSecretValueCommand({ SecretId: "bench" }));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const perSecond = (calls / (performance.now() - start)) * 1_000;
  client.destroy();
  return perSecond;
}

async function startMs(): Promise<number> {
  const start = performance.now();
  const local = await startLocalAws();
  const elapsed = performance.now() - start;
  await local.close();
  return elapsed;
}

const endpoints = [await endpoint("local-aws"), await endpoint("faults"), await endpoint("bare")];
const place = await startLocalAws();
const config = place.clientConfig();
await place.close();
const rates = new Map<string, number[]>(endpoints.map(({ kind }) => [kind, []]));
const p99 = new Map<string, number[]>(endpoints.map(({ kind }) => [kind, []]));
const requests = new Map<string, Buffer>();
for (const { kind, port } of endpoints.slice(0, 2)) {
  const client = new SecretsManagerClient({ ...config, endpoint: `http://127.0.0.1:${port}` });
  await client.send(new CreateSecretCommand({ Name: "bench", SecretString: "value" }));
  requests.set(kind, await capturedRequest(client, new GetSecretValueCommand({ SecretId: "bench" })));
  client.destroy();
}
for (let round = -1; round < rounds; round++) {
  for (const { kind, port } of endpoints) {
    const request = requests.get(kind) ?? requests.get("local-aws")!;
    const { perSecond, p99Ms } = await load(port, request, connections, roundMs);
    if (round < 0) continue; // the first warms up
    rates.get(kind)!.push(perSecond);
    p99.get(kind)!.push(p99Ms);
  }
}
for (const { stop } of endpoints) stop();

const names: Readonly<Record<string, string>> = {
  "local-aws": "local-aws: GetSecretValue, signature checked",
  faults: "the same with 20 fault rules in force",
  bare: "bare node:http, `{}` to everything",
};
const bare = median(rates.get("bare")!);
console.table(
  endpoints.map(({ kind }) => ({
    endpoint: names[kind],
    "requests/s": Math.round(median(rates.get(kind)!)),
    "of bare": (median(rates.get(kind)!) / bare).toFixed(2),
    "p99 ms": median(p99.get(kind)!).toFixed(2),
  })),
);
const inProcess = { one: await throughClient(1), sixteen: await throughClient(16) };
const starts: number[] = [];
for (let round = 0; round < 20; round++) starts.push(await startMs());
const figures = {
  perSecond: median(rates.get("local-aws")!),
  withFaults: median(rates.get("faults")!),
  bare,
  inProcess,
  startMs: median(starts),
};
console.table([
  { what: "SDK client in the same process, 1 at a time", figure: `${Math.round(inProcess.one)}/s` },
  { what: "SDK client in the same process, 16 at a time", figure: `${Math.round(inProcess.sixteen)}/s` },
  { what: "start to listening", figure: `${figures.startMs.toFixed(2)} ms` },
]);
report("local-aws-throughput", figures, [
  { goal: "≥ 5,000 requests/s", figure: `${Math.round(figures.perSecond)}/s`, met: figures.perSecond >= 5_000 },
  { goal: "start ≤ 10 ms", figure: `${figures.startMs.toFixed(2)} ms`, met: figures.startMs <= 10 },
]);
