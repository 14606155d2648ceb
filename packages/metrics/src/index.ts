export type { Clock, Timer } from "./clock.ts";
export { counter } from "./counter.ts";
export type { CounterSeries } from "./counter-series.ts";
export { createMetrics } from "./create-metrics.ts";
export { defineMetrics } from "./define-metrics.ts";
export type { Delivery, DeliveryMaker, DeliveryOptions, SinkHealth, Urgency } from "./delivery.ts";
export type { DimensionValue } from "./dimension-text.ts";
export { direct } from "./direct.ts";
export { distribution } from "./distribution.ts";
export type { DistributionSeries } from "./distribution-series.ts";
export {
  type FlushAfterInvocationOptions,
  flushAfterInvocation,
} from "./flush-after-invocation.ts";
export { gauge } from "./gauge.ts";
export type { GaugeSeries } from "./gauge-series.ts";
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
export type {
  DefinitionOptions,
  KindOf,
  MetricDefinition,
  MetricDefinitions,
  MetricKind,
  Unit,
} from "./metric-definition.ts";
export type { Metrics, MetricsHealth } from "./metrics.ts";
export type { MetricsOptions } from "./metrics-options.ts";
export { type ObserveOptions, observe } from "./observe/observe.ts";
export { OptionError } from "./option-error.ts";
export type { Batch, Measurement, Point } from "./point.ts";
export { policyMetrics } from "./policy-metrics.ts";
export { queued } from "./queued.ts";
export { replicationMetrics } from "./replication-metrics.ts";
export { selfMetrics } from "./self-metrics.ts";
export { type MetricsSource, type Sink, UnsentPointsError, type WriteContext } from "./sink.ts";
export { timer } from "./timer.ts";
export type { Stopwatch, TimerSeries } from "./timer-series.ts";
