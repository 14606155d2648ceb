import type { MetricDefinition } from "../metric-definition.ts";
import type { Measurement } from "../point.ts";
import { bucketBounds } from "./bucket-bounds.ts";
import { CumulativeSeries } from "./cumulative-series.ts";
import { type PrometheusName, prometheusLabel, prometheusName } from "./prometheus-names.ts";

/** One metric and its series, as Prometheus sees it. */
export class MetricFamily {
  readonly name: string;
  readonly type: PrometheusName["type"];
  readonly help: string;
  readonly bounds: readonly number[];
  readonly #scale: number;
  readonly #capacity: number;
  readonly #byKey = new Map<string, CumulativeSeries>();

  constructor(
    prefix: string,
    metric: string,
    definition: MetricDefinition,
    bounds: readonly number[] | undefined,
    capacity: number,
  ) {
    const { name, type, scale } = prometheusName(prefix, metric, definition);
    this.name = name;
    this.type = type;
    this.help = definition.description;
    this.bounds = type === "histogram" ? (bounds ?? bucketBounds(definition)) : [];
    this.#scale = scale;
    this.#capacity = capacity;
  }

  get series(): readonly CumulativeSeries[] {
    return [...this.#byKey.values()];
  }

  /** Adds what a series measured; `constant` are the dimensions that all have. */
  add(
    constant: Readonly<Record<string, string>>,
    own: Readonly<Record<string, string>>,
    measurement: Measurement,
  ): void {
    const key = keyOf(own);
    const series = this.#byKey.get(key) ?? this.#make({ ...constant, ...own });
    this.#byKey.delete(key); // the most recent goes last
    this.#byKey.set(key, series);
    series.add(measurement);
    if (this.#byKey.size <= this.#capacity) return;
    for (const oldest of this.#byKey.keys()) {
      this.#byKey.delete(oldest);
      return;
    }
  }

  #make(dimensions: Readonly<Record<string, string>>): CumulativeSeries {
    const labels = Object.entries(dimensions).map(([name, value]) => [prometheusLabel(name), value] as const);
    return new CumulativeSeries(Object.fromEntries(labels), this.bounds, this.#scale);
  }
}

// A series has the same dimensions, one object, for as long as it lives.
const keyByDimensions = new WeakMap<Readonly<Record<string, string>>, string>();

function keyOf(dimensions: Readonly<Record<string, string>>): string {
  let key = keyByDimensions.get(dimensions);
  if (key === undefined) {
    key = JSON.stringify(Object.values(dimensions));
    keyByDimensions.set(dimensions, key);
  }
  return key;
}
