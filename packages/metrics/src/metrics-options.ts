import type { Clock } from "./clock.ts";
import type { DimensionValue } from "./dimension-text.ts";
import type { Logger } from "./logger.ts";
import type { MetricDefinition, MetricDefinitions } from "./metric-definition.ts";
import type { Sink } from "./sink.ts";

export interface MetricsOptions<Definitions extends MetricDefinitions> {
  /** What can be recorded, from `defineMetrics`. Several are joined by spreading them. */
  readonly definitions: Definitions;
  /** CloudWatch's namespace, and the first word of names elsewhere: letters, digits, `.-_/#:`, not beginning with `AWS/`. */
  readonly namespace: string;
  /** Put behind the namespace, so that environments do not mix: `Replicator` and `prod` make `Replicator/prod`. Default none. */
  readonly environment?: string | undefined;
  /** Constant dimensions of every series and every rollup, names in camelCase. Default none. */
  readonly dimensions?: Readonly<Record<string, DimensionValue>> | undefined;
  readonly sinks: readonly Sink[];
  /**
   * What is worth its price: asked once for each metric. `false` leaves the metric out; a list of names keeps only these of its
   * dimensions, and adds up over the others. Default keeps everything.
   */
  readonly filter?: ((name: string, definition: MetricDefinition) => boolean | readonly string[]) | undefined;
  /** Whether anything is recorded. Default: unless the environment variable `ENABLE_METRICS` is false, 0, no or off. */
  readonly enabled?: boolean | undefined;
  /** Milliseconds between two flushes; the first comes after a random part of it. Default 60,000: CloudWatch's resolution. */
  readonly flushIntervalMs?: number | undefined;
  /** Flushes earlier once so many series have changed, but not before a tenth of the interval is over. Default 1,000: one CloudWatch request. */
  readonly flushAtSeries?: number | undefined;
  /** Series of one metric, at most; what comes on top is recorded in one series whose dimensions are "(other)". Default 1,000. */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Points that wait for one sink, at most; the oldest make room. Default 20,000. */
  readonly maxPendingPoints?: number | undefined;
  /** Forgets a series that was not recorded for so long, unless it is held by `with(…)`. Default 900,000 ms. */
  readonly forgetAfterMs?: number | undefined;
  /** How long one write of one sink may take, in milliseconds. Default 10,000. */
  readonly writeTimeoutMs?: number | undefined;
  /** Flush, and then let the signal do what it does without us. Default none; servers and Lambda extensions want `["SIGTERM"]`. */
  readonly flushOnSignals?: readonly NodeJS.Signals[] | undefined;
  readonly clock?: Clock | undefined;
  /** In [0, 1): the phase of the flushes and the jitter of pauses. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told of failing sinks, by error code alone. Default silent. */
  readonly logger?: Logger | undefined;
}
