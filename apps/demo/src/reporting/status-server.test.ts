import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { prometheusSink } from "@holdfast/metrics/prometheus";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openReplicator, type Replicator } from "../replication/open-replicator.ts";
import { parseSedScript } from "../transforms/sed-script.ts";
import { openStatusServer } from "./status-server.ts";

const region = "us-east-1";
let aws: LocalAws;
let folder: string;
let port: number;
let replicator: Replicator;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { listMs: 0 } });
  folder = await mkdtemp(join(tmpdir(), "replicate-status-"));
  const client = new SecretsManagerClient(aws.clientConfig({ region }));
  for (const name of ["app/a", "app/b", "app/c"])
    await client.send(new CreateSecretCommand({ Name: name, SecretString: "one" }));
  client.destroy();
  const { endpoint, credentials } = aws.clientConfig({ region });
  replicator = await openReplicator({
    journal: join(folder, "journal"),
    stepDeadlineMs: 60_000,
    settleMarginMs: 10,
    profile: undefined,
    localOnly: true,
    endpoint,
    credentials,
    statusPort: 0,
    onEvent: () => {},
  });
  port = replicator.statusPort!;
});

afterEach(async () => {
  await replicator.close();
  await aws.close();
  await rm(folder, { recursive: true });
});

/** Where a Prometheus that was given port 0 listens, as it says itself: a port found free beforehand may be another's by then. */
function listeningPort(prometheus: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    prometheus.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, port] = /"Listening on".*address=127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
    prometheus.once("exit", () => reject(new Error(`prometheus ended:\n${said}`)));
  });
}

const replicate = () =>
  replicator.run({
    from: region,
    to: "eu-west-1",
    toRoleArn: undefined,
    externalId: undefined,
    filter: [],
    transform: undefined,
    rename: (name) => name,
    kmsKeyId: undefined,
    concurrency: 1,
    signal: new AbortController().signal,
  });
const ask = async (path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
};

test("all five families of the replicator's metrics are emitted when their cause occurs", async () => {
  aws.faults.add({ operation: "CreateSecret", fault: "throttle", times: 2 });
  aws.faults.add({ operation: "CreateSecret", skip: 2, fault: "denied", times: 1 });
  await replicator.run({
    ...{ from: region, to: "eu-west-1", toRoleArn: undefined, externalId: undefined, filter: [] },
    ...{ transform: parseSedScript("s/one/two/"), rename: (name: string) => name, kmsKeyId: undefined },
    ...{ concurrency: 1, signal: new AbortController().signal },
  });
  const { text } = await ask("/metrics");
  for (const family of ["success", "failure", "retry", "throttled"]) {
    expect(text).toMatch(new RegExp(`^secrets_replicator_replication_${family}_total\\{[^}]*\\} [1-9]`, "m"));
  }
  expect(text).toMatch(/replication_throttled_total\{.*operation="CreateSecret".*\} 2$/m);
  expect(text).toMatch(/replication_retry_total\{.*success="true".*\} 1$/m);
  expect(text).toMatch(/transformation_duration_seconds_count\{.*\} [1-9]/m);
});

test("readiness says which part is not ready, and liveness goes on", async () => {
  expect(await ask("/livez")).toMatchObject({ status: 200 });
  expect(await ask("/readyz")).toMatchObject({ status: 200 });
  aws.faults.add({ operation: "CreateSecret", fault: "denied", skip: 1 });
  aws.faults.add({ operation: "DeleteSecret", fault: "denied" });
  expect(await replicate()).toMatchObject({ outcome: "parked" });
  const { status, text } = await ask("/readyz");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({ status: "not-ready", parts: { journal: { ready: false } } });
  expect(await ask("/livez")).toMatchObject({ status: 200 });
});

test("a port that is taken is named, with what to do", async () => {
  await expect(openStatusServer({ port, sink: prometheusSink(), parts: {} })).rejects.toMatchObject({
    code: "REPLICATE_STATUS_PORT",
    message: `The status server cannot have port ${port}: EADDRINUSE`,
  });
});

const isInstalled = spawnSync("prometheus", ["--version"]).status === 0;

test.skipIf(!isInstalled)(
  "a Prometheus server scrapes it and answers queries (skipped without prometheus)",
  { timeout: 60_000 },
  async () => {
    await replicate();
    const job = { job_name: "replicator", scrape_interval: "1s", static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
    await writeFile(join(folder, "prometheus.json"), JSON.stringify({ scrape_configs: [job] }));
    const prometheus: ChildProcess = spawn(
      "prometheus",
      [
        `--config.file=${folder}/prometheus.json`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      const serverPort = await listeningPort(prometheus);
      const query = encodeURIComponent(
        'sum(secrets_replicator_replication_success_total{destination_region="eu-west-1"})',
      );
      await vi.waitFor(
        async () => {
          const answer = await fetch(`http://127.0.0.1:${serverPort}/api/v1/query?query=${query}`);
          expect(await answer.json()).toMatchObject({ data: { result: [{ value: [expect.any(Number), "3"] }] } });
        },
        { timeout: 50_000, interval: 250 },
      );
    } finally {
      if (prometheus.kill("SIGKILL")) await once(prometheus, "exit");
    }
  },
);
