import { type DimensionValue, dimensionText, overflowText } from "./dimension-text.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import type { Point } from "./point.ts";
import type { Series, SeriesOwner } from "./series.ts";

/** What a set of series reports to the metrics around it. */
export interface SeriesSetHost {
  /** A series has something new to report. */
  changed(): void;
  /** A record could not be kept. */
  refused(): void;
  /** A record went to the overflow series of this metric. */
  overflowed(metric: string): void;
}

interface SeriesSetOptions<S extends Series> {
  readonly metric: string;
  readonly definition: MetricDefinition;
  readonly capacity: number;
  readonly muted: boolean;
  readonly host: SeriesSetHost;
  readonly make: (dimensions: Readonly<Record<string, string>>, owner: SeriesOwner, muted: boolean) => S;
}

type Given = Readonly<Record<string, DimensionValue>> | undefined;

/** All series of one metric, by dimension values: at most `capacity`, and one that takes what comes on top. */
export class SeriesSet<S extends Series> implements SeriesOwner {
  readonly #options: SeriesSetOptions<S>;
  readonly #names: readonly string[];
  readonly #byKey = new Map<string, S>();
  readonly #mutedSeries: S;
  #muted: boolean;
  #changed: S[] = [];
  #overflow: S | undefined;

  constructor(options: SeriesSetOptions<S>) {
    this.#options = options;
    this.#names = options.definition.dimensions ?? [];
    this.#muted = options.muted;
    this.#mutedSeries = options.make({}, this, true);
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The series for these values, made if there is room, else the overflow series. Never throws. */
  resolve(given: Given): S {
    if (this.#muted) return this.#mutedSeries;
    try {
      const key = this.#keyOf(given);
      return this.#byKey.get(key) ?? this.#add(key, given);
    } catch {
      this.refused(); // a getter that throws
      return this.#mutedSeries;
    }
  }

  /** The series for these values, if there is one. */
  find(given: Given): S | undefined {
    return this.#byKey.get(this.#keyOf(given));
  }

  /** Forgets every series, and makes none from now on. */
  mute(): void {
    this.#muted = true;
    for (const [key, series] of this.#byKey) this.#delete(key, series);
  }

  /** Adds what was measured since the last collection to `points`; forgets what has been idle since `idleSince`. */
  collect(points: Point[], at: number, idleSince: number): void {
    const { metric, definition } = this.#options;
    const reporting = definition.kind === "gauge" ? this.#byKey.values() : this.#changed;
    for (const series of reporting) {
      const measurement = series.collect();
      if (measurement !== undefined) {
        points.push({ metric, definition, dimensions: series.dimensions, measurement });
      }
    }
    for (const series of this.#changed) series.activeAt = at;
    this.#changed = [];
    for (const [key, series] of this.#byKey) {
      if (series.activeAt > at) series.activeAt = at;
      if (!series.held && series.activeAt < idleSince) this.#delete(key, series);
    }
  }

  changed(series: Series): void {
    this.#changed.push(series as S);
    this.#options.host.changed();
  }

  refused(): void {
    this.#options.host.refused();
  }

  forgotten(series: Series): void {
    for (const [key, candidate] of this.#byKey) if (candidate === series) this.#delete(key, candidate);
  }

  #add(key: string, given: Given): S {
    const full = this.#byKey.size >= this.#options.capacity;
    if (full) this.#options.host.overflowed(this.#options.metric);
    if (full && this.#overflow !== undefined) return this.#overflow;
    const series = this.#make(full ? this.#overflowDimensions() : this.#dimensionsOf(given));
    if (full) this.#overflow = series;
    this.#byKey.set(full ? overflowKey : key, series);
    return series;
  }

  #make(dimensions: Readonly<Record<string, string>>): S {
    const series = this.#options.make(dimensions, this, false);
    series.activeAt = Number.POSITIVE_INFINITY; // not idle before the next collection
    return series;
  }

  #delete(key: string, series: S): void {
    this.#byKey.delete(key);
    if (series === this.#overflow) this.#overflow = undefined;
    series.forget();
  }

  #dimensionsOf(given: Given): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#names.map((name) => [name, dimensionText(given?.[name])]));
  }

  #overflowDimensions(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#names.map((name) => [name, overflowText]));
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
