import type { SinkHealth } from "./delivery.ts";
import type { Instruments } from "./instruments.ts";
import type { MetricDefinitions } from "./metric-definition.ts";

/** How recording and delivery are going. */
export interface MetricsHealth {
  readonly enabled: boolean;
  /** Series kept in memory. */
  readonly series: number;
  readonly sinks: readonly SinkHealth[];
}

/** Records and delivers the metrics of some definitions. Recording never throws, blocks or awaits. */
export interface Metrics<Definitions extends MetricDefinitions> extends AsyncDisposable {
  /** What records each metric, by name. */
  readonly instruments: Instruments<Definitions>;
  /** The definitions, with those of {@link selfMetrics}: give them to alarms and dashboards. */
  readonly definitions: MetricDefinitions;
  /** The namespace, with the environment. */
  readonly namespace: string;
  /** The constant dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
  health(): MetricsHealth;
  /** Delivers what was recorded. Resolves when each sink has taken it or failed; never rejects. */
  flush(): Promise<void>;
  /** Delivers once more and closes the sinks; what they do not take is dropped. Never rejects; recording afterwards does nothing. */
  close(): Promise<void>;
}
