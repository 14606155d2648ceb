import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createMetrics } from "../create-metrics.ts";
import type { MetricDefinition } from "../metric-definition.ts";
import { policyMetrics } from "../policy-metrics.ts";
import { replicationMetrics } from "../replication-metrics.ts";
import { prometheusHandler } from "./prometheus-handler.ts";
import { prometheusSink } from "./prometheus-sink.ts";

const isInstalled = (program: string) => spawnSync(program, ["--version"]).status === 0;

/** Every ready-made metric, recorded once with awkward dimension values. */
function everything() {
  const sink = prometheusSink();
  const definitions = { ...replicationMetrics, ...policyMetrics };
  const metrics = createMetrics({ definitions, namespace: "SecretsReplicator", environment: "prod", sinks: [sink] });
  for (const [name, definition] of Object.entries<MetricDefinition>(definitions)) {
    const dimensions = Object.fromEntries(
      (definition.dimensions ?? []).map((dimension) => [dimension, `a "b" \\\n ${dimension}`]),
    );
    const instrument = (metrics.instruments as Readonly<Record<string, object>>)[name] as Readonly<
      Record<string, (value: number, dimensions: object) => void>
    >;
    for (const method of ["add", "set", "record"]) instrument[method]?.(3, dimensions);
  }
  return { sink, metrics };
}

test.skipIf(!isInstalled("promtool"))(
  "promtool finds nothing to say about the metrics (skipped without promtool)",
  async () => {
    const { sink, metrics } = everything();
    const check = spawnSync("promtool", ["check", "metrics"], { input: sink.text(), encoding: "utf8" });
    expect(check.stderr + check.stdout).toBe("");
    expect(check.status).toBe(0);
    await metrics.close();
  },
);

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

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test.skipIf(!isInstalled("prometheus"))(
  "a Prometheus server scrapes and answers queries (skipped without prometheus)",
  async () => {
    const { sink, metrics } = everything();
    metrics.instruments.replicationSuccess.add(41, {
      sourceRegion: "a",
      destinationRegion: "eu-west-1",
      transformMode: "sed",
    });
    const server = createServer(prometheusHandler(sink)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const folder = mkdtempSync(join(tmpdir(), "holdfast-prometheus-"));
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const job = { job_name: "holdfast", scrape_interval: "1s", static_configs: [{ targets: [target] }] };
    writeFileSync(join(folder, "prometheus.json"), JSON.stringify({ scrape_configs: [job] }));
    const prometheus = spawn(
      "prometheus",
      [
        `--config.file=${folder}/prometheus.json`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      const port = await listeningPort(prometheus);
      const query = encodeURIComponent(
        'sum(secrets_replicator_prod_replication_success_total{destination_region="eu-west-1"})',
      );
      await vi.waitFor(
        async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`);
          expect(await answer.json()).toMatchObject({ data: { result: [{ value: [expect.any(Number), "41"] }] } });
        },
        { timeout: 50_000, interval: 250 },
      );
    } finally {
      await stop(prometheus);
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
      await metrics.close();
    }
  },
  60_000,
);
