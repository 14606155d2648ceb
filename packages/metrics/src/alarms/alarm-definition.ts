import type { DimensionOf, MetricDefinitions } from "../metric-definition.ts";

/** What is taken of the values in one period. Percentiles are for timers and distributions. */
export type Statistic = "sum" | "average" | "minimum" | "maximum" | "p50" | "p90" | "p95" | "p99" | "p99.9";

export type Comparison = ">" | ">=" | "<" | "<=";

/** How a period without data counts, as CloudWatch has it. */
export type MissingData = "notBreaching" | "breaching" | "ignore" | "missing";

/** When a person should look. */
export interface AlarmDefinition<Metric extends string = string, Dimension extends string = string> {
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly comparison: Comparison;
  /** In the unit of the metric: milliseconds for a timer. */
  readonly threshold: number;
  /** A multiple of 60; or 10 or 30 on a metric of `resolutionSeconds: 1`. */
  readonly periodSeconds: number;
  /** Periods looked at; all of them must breach unless `datapointsToAlarm` says fewer. Default 1. */
  readonly evaluationPeriods?: number | undefined;
  readonly datapointsToAlarm?: number | undefined;
  readonly missingData: MissingData;
  /** Which series: all of the metric's dimensions, or those of one of its rollups. Default none: the sum over everything. */
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>> | undefined;
  /** What is wrong, and what to do first. */
  readonly description: string;
  /** Default `warning`. */
  readonly severity?: "critical" | "warning" | undefined;
}

/** Alarms by name, in camelCase. */
export type AlarmDefinitions = Readonly<Record<string, AlarmDefinition>>;

/** Alarms on the metrics of some definitions, by name. */
export type AlarmsOn<Definitions extends MetricDefinitions> = Readonly<
  Record<
    string,
    {
      [Metric in keyof Definitions & string]: AlarmDefinition<Metric, DimensionOf<Definitions[Metric]>>;
    }[keyof Definitions & string]
  >
>;

/** Where metrics are kept, under which constant dimensions, and what they are: `createMetrics` returns one. */
export interface MetricsDescription {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly definitions: MetricDefinitions;
}
