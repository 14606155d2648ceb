import type { MetricDefinitions } from "./metric-definition.ts";
import type { MetricsOptions } from "./metrics-options.ts";

/** Every option of `createMetrics`: any other name is a mistake. */
export const metricsOptionNames: Readonly<Record<keyof MetricsOptions<MetricDefinitions>, true>> = {
  definitions: true,
  namespace: true,
  environment: true,
  dimensions: true,
  sinks: true,
  filter: true,
  enabled: true,
  flushIntervalMs: true,
  flushAtSeries: true,
  maxSeriesPerMetric: true,
  maxPendingPoints: true,
  forgetAfterMs: true,
  writeTimeoutMs: true,
  flushOnSignals: true,
  clock: true,
  random: true,
  logger: true,
};
