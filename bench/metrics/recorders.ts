/**
 * The same work by each library: a latency recorded in one of some series, and a flush of what was recorded, to text or bytes
 * but not over the network.
 */
import { Metrics as Powertools } from "@aws-lambda-powertools/metrics";
import { AggregationTemporality, type InstrumentType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { Histogram, Registry } from "prom-client";
import { metricRequests } from "../../packages/metrics/src/cloudwatch/metric-requests.ts";
import { emfSink } from "../../packages/metrics/src/emf.ts";
import { createMetrics, defineMetrics, direct, type Sink, timer } from "../../packages/metrics/src/index.ts";
import { prometheusSink } from "../../packages/metrics/src/prometheus.ts";

// To standard output, without looking for an agent: it looks when it is imported.
process.env.AWS_EMF_ENVIRONMENT = "Local";
const { createMetricsLogger, StorageResolution, Unit } = await import("aws-embedded-metrics");

/** One library at work. */
export interface Recorder {
  /** Records a latency in milliseconds in the series of this number. */
  record(series: number, latencyMs: number): void;
  /** Writes out what was recorded since the last flush; returns its length. */
  flush(): number | Promise<number>;
}

// Without the coarser forms that CloudWatch is sent otherwise: the peers have none.
const definitions = defineMetrics({
  latency: timer({ dimensions: ["region", "operation"], rollups: [], description: "Time to answer." }),
});
const dimensionsOf = (series: number) => ({ region: `eu-west-${series % 4}`, operation: `Operation${series >> 2}` });

function ours(sink: Sink, written: () => number, resolved: boolean, seriesCount: number): Recorder {
  const metrics = createMetrics({ definitions, namespace: "Bench", sinks: [sink], flushIntervalMs: 2_000_000_000 });
  const { latency } = metrics.instruments;
  const handles = Array.from({ length: seriesCount }, (_, at) => latency.with(dimensionsOf(at)));
  const dimensions = Array.from({ length: seriesCount }, (_, at) => dimensionsOf(at));
  return {
    record: resolved
      ? (series, latencyMs) => handles[series]!.record(latencyMs)
      : (series, latencyMs) => latency.record(latencyMs, dimensions[series]!),
    async flush() {
      await metrics.flush();
      return written();
    },
  };
}

/** The CloudWatch sink without its network: the requests, as the text that would be sent. */
function oursToCloudWatch(resolved: boolean, seriesCount: number): Recorder {
  let length = 0;
  const sink: Sink = {
    name: "text",
    delivery: direct,
    write(batch) {
      const requests = metricRequests(batch, new Date(batch.endedAt), "values");
      length = requests.reduce(
        (sum, { data }) => sum + JSON.stringify({ Namespace: "Bench", MetricData: data }).length,
        0,
      );
    },
  };
  return ours(sink, () => length, resolved, seriesCount);
}

function oursToPrometheus(seriesCount: number): Recorder {
  const sink = prometheusSink();
  const recorder = ours(sink, () => 0, true, seriesCount);
  return { ...recorder, flush: () => sink.text().length };
}

function oursToEmf(seriesCount: number): Recorder {
  let length = 0;
  const stream = {
    write(text: string, done: () => void) {
      length = text.length;
      done();
    },
  };
  return ours(emfSink({ stream }), () => length, true, seriesCount);
}

function promClient(seriesCount: number): Recorder {
  const registry = new Registry();
  const histogram = new Histogram({
    name: "latency_seconds",
    help: "Time to answer.",
    labelNames: ["region", "operation"],
    registers: [registry],
  });
  const labels = Array.from({ length: seriesCount }, (_, at) => dimensionsOf(at));
  return {
    record: (series, latencyMs) => histogram.observe(labels[series]!, latencyMs / 1_000),
    flush: async () => (await registry.metrics()).length,
  };
}

/** A reader that is asked, and sends nothing. */
class PulledReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function openTelemetry(seriesCount: number): Recorder {
  const reader = new PulledReader({
    aggregationTemporalitySelector: (_: InstrumentType) => AggregationTemporality.DELTA,
  });
  const provider = new MeterProvider({ readers: [reader] });
  const histogram = provider.getMeter("bench").createHistogram("latency", { unit: "ms" });
  const attributes = Array.from({ length: seriesCount }, (_, at) => dimensionsOf(at));
  return {
    record: (series, latencyMs) => histogram.record(latencyMs, attributes[series]!),
    flush: async () => JSON.stringify((await reader.collect()).resourceMetrics.scopeMetrics).length,
  };
}

// Powertools prints when a metric holds 100 values; what it prints is counted, and thrown away.
function powertools(seriesCount: number): Recorder {
  let length = 0;
  const console = {
    log(text: string) {
      length += text.length;
    },
  };
  const all = Array.from({ length: seriesCount }, (_, at) => {
    const metrics = new Powertools({ namespace: "Bench", serviceName: "bench", defaultDimensions: dimensionsOf(at) });
    return Object.assign(metrics, { console });
  });
  return {
    record: (series, latencyMs) => {
      all[series]!.addMetric("Latency", "Milliseconds", latencyMs);
    },
    flush() {
      for (const metrics of all) if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      return length;
    },
  };
}

function awsEmbeddedMetrics(seriesCount: number): Recorder {
  const loggers = Array.from({ length: seriesCount }, (_, at) => {
    const logger = createMetricsLogger();
    logger.setDimensions(dimensionsOf(at));
    return logger;
  });
  return {
    record: (series, latencyMs) =>
      loggers[series]!.putMetric("Latency", latencyMs, Unit.Milliseconds, StorageResolution.Standard),
    async flush() {
      for (const logger of loggers) await logger.flush();
      return 0;
    },
  };
}

/** Every candidate with so many series, by the name it has in the tables. */
export function recorders(series: number): Record<string, Recorder> {
  return {
    "ours: handle, to CloudWatch": oursToCloudWatch(true, series),
    "ours: dimensions given, to CloudWatch": oursToCloudWatch(false, series),
    "ours: handle, to Prometheus": oursToPrometheus(series),
    "ours: handle, to EMF": oursToEmf(series),
    "prom-client: histogram": promClient(series),
    "OpenTelemetry SDK: histogram": openTelemetry(series),
    "Powertools: addMetric": powertools(series),
    "aws-embedded-metrics: putMetric": awsEmbeddedMetrics(series),
  };
}
