import type { Series } from "./series.ts";
import type { SeriesSet, SeriesSetHost } from "./series-set.ts";

/** The units of CloudWatch that a metric may have; every sink translates them. */
export type Unit =
  | "Count"
  | "Count/Second"
  | "Milliseconds"
  | "Seconds"
  | "Bytes"
  | "Bytes/Second"
  | "Percent"
  | "None";

/**
 * - `counter`: how many, added up.
 * - `gauge`: how much there is now; the last value counts, and is reported until it is forgotten.
 * - `timer`: how long, in milliseconds, with percentiles.
 * - `distribution`: how large, with percentiles.
 */
export type MetricKind = "counter" | "gauge" | "timer" | "distribution";

/** Records a metric of one kind. */
export type Recorder = SeriesSet<Series>;

export type RecorderClass = new (metric: string, definition: MetricDefinition, host: SeriesSetHost) => Recorder;

/** What `counter()`, `gauge()`, `timer()` and `distribution()` put into a definition: its kind, and the code that records it. */
export interface KindOf<Kind extends MetricKind> {
  readonly kind: Kind;
  readonly recorder: RecorderClass;
}

/** What one metric is: the one place from which recording, sinks, alarms and dashboards know it. */
export interface MetricDefinition<Dimension extends string = string>
  extends DefinitionOptions<Dimension>,
    KindOf<MetricKind> {}

/** What is said of a metric beside its kind. */
export interface DefinitionOptions<Dimension extends string = string> {
  /** Default `Count` for a counter, `Milliseconds` for a timer, `None` otherwise. */
  readonly unit?: Unit | undefined;
  /** Names in camelCase, without those of `createMetrics({ dimensions })`. Default none. */
  readonly dimensions?: readonly Dimension[] | undefined;
  /** The finest period CloudWatch keeps it at, in seconds: 1 costs nothing more, but is of use only with a shorter flush interval. Default 60. */
  readonly resolutionSeconds?: 1 | 60 | undefined;
  /** One sentence, for a person on call. */
  readonly description: string;
  /**
   * Which coarser forms CloudWatch is sent beside the full one, as sets of dimensions to keep: it adds nothing up
   * over dimensions, so that an alarm on "all regions" needs such a form. Each costs its own series. Default `[[]]`: one, over everything.
   */
  readonly rollups?: readonly (readonly Dimension[])[] | undefined;
}

/** Metrics by name, in camelCase: a sink spells `replicationSuccess` its own way, `ReplicationSuccess` or `replication_success_total`. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>;

export type DimensionOf<Definition> = Definition extends { readonly dimensions: readonly (infer Name extends string)[] }
  ? Name
  : never;

/** The unit that a definition has, or the default of its kind. */
export function unitOf({ kind, unit }: Pick<MetricDefinition, "kind" | "unit">): Unit {
  return unit ?? (kind === "counter" ? "Count" : kind === "timer" ? "Milliseconds" : "None");
}
