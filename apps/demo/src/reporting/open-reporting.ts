import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { type ClientFactoryOptions, createClientFactory } from "@holdfast/client-factory";
import { createMetrics, type Instruments, observe, policyMetrics, replicationMetrics } from "@holdfast/metrics";
import { cloudWatchSink } from "@holdfast/metrics/cloudwatch";
import { prometheusSink } from "@holdfast/metrics/prometheus";
import type { Journal } from "@holdfast/rollback";
import type { Pipeline } from "../replication/pipeline.ts";
import { openStatusServer } from "./status-server.ts";

export type ReplicationInstruments = Instruments<typeof replicationMetrics>;

/** Where a replicator's metrics go. */
export interface Reporting {
  readonly instruments: ReplicationInstruments;
  /** Where the status server listens; `undefined` if there is none. */
  readonly statusPort: number | undefined;
  /** Sends what was recorded so far. Never rejects. */
  flush(): Promise<void>;
  /** CloudWatch data sent so far. */
  dataSent(): number;
  close(): Promise<void>;
}

export interface ReportingOptions {
  readonly access: Pick<ClientFactoryOptions, "profile" | "localOnly" | "endpoint" | "credentials">;
  /** Namespace and region of the CloudWatch metrics; `undefined` sends none. */
  readonly metrics: { readonly namespace: string; readonly region: string } | undefined;
  /** Port of a status server for Prometheus and health checks; 0 takes any that is free, `undefined` starts none. */
  readonly statusPort: number | undefined;
  readonly pipeline: Pipeline;
  readonly journal: Journal;
}

/**
 * Listens to the policies and the journal, and sends what it hears. Beside the work, not as part of it: through
 * clients of its own, with the SDK's own retry.
 */
export async function openReporting(options: ReportingOptions): Promise<Reporting> {
  const { access, metrics: target, statusPort, pipeline, journal } = options;
  const factory = createClientFactory({ ...access, name: "replicator-metrics" });
  const cloudWatch =
    target === undefined
      ? undefined
      : cloudWatchSink({ client: factory.client(CloudWatchClient, { region: target.region }) });
  const prometheus = statusPort === undefined ? undefined : prometheusSink();
  const metrics = createMetrics({
    definitions: { ...replicationMetrics, ...policyMetrics },
    namespace: target?.namespace ?? "SecretsReplicator",
    sinks: [cloudWatch, prometheus].filter((sink) => sink !== undefined),
  });
  const { retry, circuits, limiter, timeout } = pipeline;
  const parts = { circuits, limiter, journal, metrics };
  const status =
    statusPort === undefined || prometheus === undefined
      ? undefined
      : await openStatusServer({ port: statusPort, sink: prometheus, parts });
  const observed = [
    ...[retry, circuits, limiter, timeout, journal].map((policy) => observe(policy, { metrics, name: "replicator" })),
    limiter.onThrottle(({ call }) => {
      metrics.instruments.replicationThrottled.add(1, { operation: call?.operation, region: call?.region });
    }),
  ];
  return {
    instruments: metrics.instruments,
    statusPort: status?.port,
    flush: () => metrics.flush(),
    dataSent: () => cloudWatch?.stats().data ?? 0,
    async close() {
      for (const observation of observed) observation.dispose();
      await metrics.close();
      await status?.close();
      await factory.close();
    },
  };
}
