import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { policyPlugin } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { bulkhead } from "@holdfast/limiter";
import { startLocalAws } from "@holdfast/local-aws";
import { createMetrics, direct, healthHandler, observe, policyMetrics, queued } from "@holdfast/metrics";
import { cloudWatchSink } from "@holdfast/metrics/cloudwatch";
import { emfSink } from "@holdfast/metrics/emf";
import { memorySink } from "@holdfast/metrics/memory";
import { callSpans, openTelemetrySink } from "@holdfast/metrics/opentelemetry";
import { prometheusSink } from "@holdfast/metrics/prometheus";
import { sdkMetrics, sdkMetricsPlugin } from "@holdfast/metrics/sdk";
import { constant, retry } from "@holdfast/retry";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";

const canary = "CANARY-9f27-hunter2-supersecret";

/** An error that holds a secret wherever one could be. */
function leaky(): Error {
  const error = new Error(`refused: ${canary}`, { cause: { password: canary } });
  return Object.assign(error, {
    code: `${canary} `,
    secretString: canary,
    $metadata: { requestId: canary },
    [canary]: canary,
  });
}

test("no secret reaches a sink, a span, a log or a health report, though errors are full of them", async () => {
  const written: string[] = [];
  await using local = await startLocalAws();
  const cloudWatch = new CloudWatchClient(local.clientConfig());
  const bodies: string[] = [];
  cloudWatch.middlewareStack.add(
    (next) => (args) => {
      bodies.push(JSON.stringify((args.request as { body?: unknown }).body));
      return next(args);
    },
    { step: "build", name: "watch" },
  );
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const spanExporter = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const spans = callSpans({ tracer: tracers.getTracer("test") });
  const stream = {
    write(text: string, done: () => void) {
      written.push(text);
      done();
    },
  };
  const failing = { name: "failing", delivery: direct, write: () => Promise.reject(leaky()) };
  const prometheus = prometheusSink();
  const memory = memorySink();
  const log = (...said: unknown[]) => void written.push(JSON.stringify(said));
  const metrics = createMetrics({
    definitions: { ...policyMetrics, ...sdkMetrics },
    namespace: "Test",
    sinks: [
      cloudWatchSink({ client: cloudWatch }),
      emfSink({ stream }),
      openTelemetrySink({ meter: provider.getMeter("t") }),
      prometheus,
      memory,
      failing,
      { ...failing, name: "failing-queued", delivery: queued },
    ],
    logger: { debug: log, info: log, warn: log, error: log },
  });

  const circuit = circuitBreaker({ consecutiveFailures: 2 });
  const limiter = bulkhead({ maxConcurrent: 1, maxQueued: 0 });
  const policy = compose(
    spans.call,
    retry({ maxAttempts: 3, backoff: constant({ delayMs: 1 }) }),
    circuit,
    limiter,
    spans.attempt,
  );
  observe(policy, { metrics, name: "p" });
  for (let call = 0; call < 5; call++) await policy.execute(() => Promise.reject(leaky())).catch(() => undefined);
  for (const thrown of [canary, { name: canary, code: canary }, null, new Proxy(leaky(), {})]) {
    await policy.execute(() => Promise.reject(thrown)).catch(() => undefined);
  }
  const plain = compose(spans.call, spans.attempt);
  for (const thrown of [
    leaky(),
    { code: canary },
    { name: canary },
    { code: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
  ]) {
    await plain.execute(() => Promise.reject(thrown)).catch(() => undefined);
  }
  const secrets = new SecretsManagerClient(local.clientConfig());
  secrets.middlewareStack.use(sdkMetricsPlugin({ metrics }));
  secrets.middlewareStack.use(policyPlugin(compose(spans.call, retry(), spans.attempt)));
  await secrets.send(new PutSecretValueCommand({ SecretId: "none", SecretString: canary })).catch(() => undefined);
  await secrets.send(new GetSecretValueCommand({ SecretId: canary })).catch(() => undefined);
  const health = healthHandler({ parts: { circuit, metrics, broken: () => Promise.reject(leaky()) } });
  await metrics.flush();
  written.push(JSON.stringify(await health.report()), prometheus.text());
  await metrics.close();
  await reader.forceFlush();
  written.push(JSON.stringify(exporter.getMetrics()), JSON.stringify(memory.batches), ...bodies);
  written.push(
    ...spanExporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => JSON.stringify({ name, attributes, events, status })),
  );

  expect(bodies.length).toBeGreaterThan(0);
  expect(memory.total("policyRetries") + memory.total("policyGiveUps")).toBeGreaterThan(0);
  expect(memory.total("sdkCallErrors")).toBe(2);
  for (const sink of ["failing", "failing-queued"]) {
    expect(memory.total("metricsSinkFailures", { sink })).toBeGreaterThanOrEqual(1);
  }
  for (const text of written) expect(text).not.toMatch(/CANARY|hunter2|supersecret|wJalrXUtn/);
});
