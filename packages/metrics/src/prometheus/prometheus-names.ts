import { type MetricDefinition, unitOf } from "../metric-definition.ts";
import { snakeCase } from "../spelling.ts";

/** How a metric is called and scaled in Prometheus: base units, a suffix for the unit, `_total` for a counter. */
export interface PrometheusName {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What a value is multiplied with: 0.001 from milliseconds to seconds. */
  readonly scale: number;
}

const unitSuffixes = {
  Count: "",
  "Count/Second": "_per_second",
  Milliseconds: "_seconds",
  Seconds: "_seconds",
  Bytes: "_bytes",
  "Bytes/Second": "_bytes_per_second",
  Percent: "_ratio",
  None: "",
} as const;

const scales: Readonly<Record<string, number>> = { Milliseconds: 0.001, Percent: 0.01 };

/** The name of a metric under a prefix, e.g. `secrets_replicator_replication_duration_seconds`. */
export function prometheusName(prefix: string, metric: string, definition: MetricDefinition): PrometheusName {
  const unit = unitOf(definition);
  const type = definition.kind === "counter" || definition.kind === "gauge" ? definition.kind : "histogram";
  const suffix =
    type === "counter" && unit === "Count"
      ? "_total"
      : type === "counter"
        ? `${unitSuffixes[unit]}_total`
        : unitSuffixes[unit];
  return { name: `${prefix}_${snakeCase(metric)}${suffix}`, type, scale: scales[unit] ?? 1 };
}

/** A namespace as the beginning of names: `SecretsReplicator/prod` becomes `secrets_replicator_prod`. */
export function prometheusPrefix(namespace: string): string {
  return namespace
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^(?=\d)/, "_");
}

/** A dimension as a label. `le` is the histograms' own. */
export function prometheusLabel(dimension: string): string {
  const label = snakeCase(dimension);
  return label === "le" ? "dimension_le" : label;
}
