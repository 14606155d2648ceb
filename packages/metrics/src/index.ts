export type { Clock, Timer } from "./clock.ts";
export { createMetrics } from "./create-metrics.ts";
export { defineMetrics } from "./define-metrics.ts";
export type { Delivery, DeliveryMaker, DeliveryOptions, SinkHealth, Urgency } from "./delivery.ts";
export type { DimensionValue } from "./dimension-text.ts";
export { direct } from "./direct.ts";
export {
  type FlushAfterInvocationOptions,
  flushAfterInvocation,
} from "./flush-after-invocation.ts";
export {
  type HealthHandler,
  type HealthHandlerOptions,
  type HealthReport,
  healthHandler,
} from "./health/health-handler.ts";
export type { HealthPart, PartHealth } from "./health/part-health.ts";
export type {
  Counter,
  DimensionValues,
  Distribution,
  Gauge,
  Instruments,
  Timer as TimerInstrument,
} from "./instruments.ts";
export type { HistogramData } from "./log-histogram.ts";
export type { Logger } from "./logger.ts";
export type { MetricDefinition, MetricDefinitions, MetricKind, Unit } from "./metric-definition.ts";
export type { Metrics, MetricsHealth } from "./metrics.ts";
export type { MetricsOptions } from "./metrics-options.ts";
export { type ObserveOptions, observe } from "./observe/observe.ts";
export { OptionError } from "./option-error.ts";
export type { Batch, Measurement, Point } from "./point.ts";
export { policyMetrics } from "./policy-metrics.ts";
export { queued } from "./queued.ts";
export { replicationMetrics } from "./replication-metrics.ts";
export { selfMetrics } from "./self-metrics.ts";
export type { CounterSeries, DistributionSeries, GaugeSeries } from "./series.ts";
export { type MetricsSource, type Sink, UnsentPointsError, type WriteContext } from "./sink.ts";
export type { Stopwatch, TimerSeries } from "./timer-series.ts";
