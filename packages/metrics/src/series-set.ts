import { type DimensionValue, dimensionText, overflowText } from "./dimension-text.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import type { Point } from "./point.ts";
import type { Series, SeriesHost, SeriesOwner } from "./series.ts";

/** What sets of series know of the metrics around them, and tell them. */
export interface SeriesSetHost extends SeriesHost {
  /** Series of one metric, at most. */
  readonly capacity: number;
  /** Nothing is recorded. */
  readonly muted: boolean;
  /** A record went to the overflow series of this metric. */
  overflowed(metric: string): void;
}

/** The dimension values that a record is given. */
export type Given = Readonly<Record<string, DimensionValue>> | undefined;

/** All series of one metric, by dimension values: at most `capacity`, and one that takes what comes on top. */
export abstract class SeriesSet<S extends Series> implements SeriesOwner {
  readonly #metric: string;
  readonly #definition: MetricDefinition;
  readonly #names: readonly string[];
  readonly host: SeriesSetHost;
  readonly #byKey = new Map<string, S>();
  #leaving: Series[] = []; // forgotten, and reported once more
  #unheard: S | undefined; // collected by nobody

  constructor(metric: string, definition: MetricDefinition, host: SeriesSetHost) {
    this.#metric = metric;
    this.#definition = definition;
    this.#names = definition.dimensions ?? [];
    this.host = host;
  }

  protected abstract make(dimensions: Readonly<Record<string, string>>): S;

  get size(): number {
    return this.#byKey.size;
  }

  /** The series for these values, for a user to keep. */
  with(given: Given): S {
    const series = this.resolve(given);
    series.held = true;
    return series;
  }

  /** The series for these values, made if there is room, else the overflow series. Never throws. */
  resolve(given: Given): S {
    try {
      if (!this.host.muted) {
        const key = this.#keyOf(given);
        return this.#byKey.get(key) ?? this.#add(key, given);
      }
    } catch {
      this.host.refused(); // a getter that throws
    }
    this.#unheard ??= this.make({});
    return this.#unheard;
  }

  /** The series for these values, if there is one. */
  find(given: Given): S | undefined {
    return this.#byKey.get(this.#keyOf(given));
  }

  /** Adds what was measured since the last collection to `points`; forgets what has been idle since `idleSince`. */
  collect(points: Point[], at: number, idleSince: number): void {
    const report = (series: Series) => {
      const measurement = series.collect(at);
      if (measurement === undefined) return;
      points.push({ metric: this.#metric, definition: this.#definition, dimensions: series.dimensions, measurement });
    };
    this.#leaving.forEach(report);
    this.#leaving = [];
    for (const [key, series] of this.#byKey) {
      report(series);
      if (series.idle(idleSince)) this.#byKey.delete(key);
    }
  }

  forgotten(series: Series): void {
    for (const [key, candidate] of this.#byKey) if (candidate === series) this.#byKey.delete(key);
    if (this.#definition.kind !== "gauge") this.#leaving.push(series);
  }

  #add(key: string, given: Given): S {
    const full = this.#byKey.size >= this.host.capacity;
    if (full) this.host.overflowed(this.#metric);
    const at = full ? overflowKey : key;
    const textOf = (name: string) => [name, full ? overflowText : dimensionText(given?.[name])];
    const series = this.#byKey.get(at) ?? this.make(Object.fromEntries(this.#names.map(textOf)));
    this.#byKey.set(at, series);
    return series;
  }

  #keyOf(given: Given): string {
    let key = "";
    for (const name of this.#names) {
      const text = dimensionText(given?.[name]);
      key += `${text.length}:${text}`; // with its length, so that no value can imitate a separator
    }
    return key;
  }
}

const overflowKey = "overflow"; // no key of values begins with a letter
