import { direct } from "../direct.ts";
import type { MetricDefinition } from "../metric-definition.ts";
import { assertInteger, assertKnownOptions, assertText } from "../options.ts";
import type { MetricsSource, Sink } from "../sink.ts";
import { exposition } from "./exposition.ts";
import { MetricFamily } from "./metric-family.ts";
import { prometheusPrefix } from "./prometheus-names.ts";

export interface PrometheusSinkOptions {
  /** First word of every name. Default: the namespace, e.g. `secrets_replicator_prod`. */
  readonly prefix?: string | undefined;
  /** Upper bounds of a metric's buckets, by its name, in the base unit (seconds, bytes). Default by unit, 1 ms to 60 s for timers. */
  readonly buckets?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Series of one metric that are remembered; the one not recorded for longest makes room, and starts from 0 should it return. Default 10,000. */
  readonly maxSeriesPerMetric?: number | undefined;
}

/** A sink that Prometheus reads. */
export interface PrometheusSink extends Sink {
  /** The `Content-Type` of {@link text}. */
  readonly contentType: string;
  /** Everything recorded up to now, in the text exposition format. */
  text(): string;
  /** The same as data, for other registries. */
  families(): readonly MetricFamily[];
}

/**
 * Adds metrics up as Prometheus wants them, and writes them out when asked. A sample within 2 % of a bucket's bound may be counted on its other side.
 *
 * @throws OptionError on a prefix that is no metric name, or on an option that it does not have.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusSink(options: PrometheusSinkOptions = {}): PrometheusSink {
  assertKnownOptions("prometheusSink()", options, { prefix: 0, buckets: 0, maxSeriesPerMetric: 0 });
  const { prefix, buckets = {}, maxSeriesPerMetric = 10_000 } = options;
  if (prefix !== undefined) assertText("prefix", prefix, /^[a-z_][a-z0-9_]*$/, "lower-case letters, digits and _");
  assertInteger("maxSeriesPerMetric", maxSeriesPerMetric, 1);
  const families = new Map<string, MetricFamily>();
  let source: MetricsSource | undefined;

  function familyOf(namespace: string, metric: string, definition: MetricDefinition): MetricFamily {
    let family = families.get(metric);
    if (family === undefined) {
      const start = prefix ?? prometheusPrefix(namespace);
      family = new MetricFamily(start, metric, definition, buckets[metric], maxSeriesPerMetric);
      families.set(metric, family);
    }
    return family;
  }

  return {
    name: "prometheus",
    delivery: direct,
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    attach(given) {
      source = given;
      for (const [metric, definition] of Object.entries(given.definitions)) {
        familyOf(given.namespace, metric, definition);
      }
    },
    write({ namespace, dimensions, points }) {
      for (const point of points) {
        const family = familyOf(namespace, point.metric, point.definition);
        family.add(dimensions, point.dimensions, point.measurement);
      }
    },
    families() {
      source?.collect();
      return [...families.values()];
    },
    text() {
      return exposition(this.families());
    },
  };
}
