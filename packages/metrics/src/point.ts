import type { HistogramData } from "./log-histogram.ts";
import type { MetricDefinition } from "./metric-definition.ts";

/** What one series measured in one interval. A gauge of several series joined holds their sum, extremes and number. */
export type Measurement =
  | { readonly kind: "sum"; readonly sum: number }
  | {
      readonly kind: "gauge";
      readonly count: number;
      readonly sum: number;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: "histogram"; readonly histogram: HistogramData };

/** One series in one interval. */
export interface Point {
  /** The metric's name, in camelCase. */
  readonly metric: string;
  readonly definition: MetricDefinition;
  /** The metric's own dimensions, in the order of its definition. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly measurement: Measurement;
}

/** What was measured in one interval: only series that changed, and every gauge. */
export interface Batch {
  readonly namespace: string;
  /** The constant dimensions: on every point, and on every rollup. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly points: readonly Point[];
}
