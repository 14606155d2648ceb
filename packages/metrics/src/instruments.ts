import type { CounterSeries } from "./counter-series.ts";
import type { DimensionValue } from "./dimension-text.ts";
import type { DistributionSeries } from "./distribution-series.ts";
import type { GaugeSeries } from "./gauge-series.ts";
import type { DimensionOf, MetricDefinitions } from "./metric-definition.ts";
import type { Stopwatch, TimerSeries } from "./timer-series.ts";

/** A value for each dimension of a metric. */
export type DimensionValues<Dimension extends string> = Readonly<Record<Dimension, DimensionValue>>;

// A metric without dimensions takes none; one with some cannot be recorded without.
type Given<Dimension extends string> = [Dimension] extends [never] ? [] : [dimensions: DimensionValues<Dimension>];

interface Instrument<Dimension extends string, Handle> {
  /** The series for these values, resolved once: recording through it costs no look-up. */
  with(...dimensions: Given<Dimension>): Handle;
}

export interface Counter<Dimension extends string = never> extends Instrument<Dimension, CounterSeries> {
  /** Adds `value` ≥ 0. */
  add(value: number, ...dimensions: Given<Dimension>): void;
}

export interface Gauge<Dimension extends string = never> extends Instrument<Dimension, GaugeSeries> {
  set(value: number, ...dimensions: Given<Dimension>): void;
  /**
   * Asks for the value at every collection. `undefined` or a throw leaves it out.
   * Dispose of it to stop asking, and to forget the series.
   */
  observe(read: () => number | undefined, ...dimensions: Given<Dimension>): { dispose(): void };
}

export interface Distribution<Dimension extends string = never> extends Instrument<Dimension, DistributionSeries> {
  record(value: number, ...dimensions: Given<Dimension>): void;
}

export interface Timer<Dimension extends string = never> extends Instrument<Dimension, TimerSeries> {
  /** Records a duration in milliseconds. */
  record(durationMs: number, ...dimensions: Given<Dimension>): void;
  /** Starts a stopwatch; its `stop()` records once. The dimensions may be known only then. */
  start(): Stopwatch<Given<Dimension>>;
}

type InstrumentOf<Definition> = Definition extends { readonly kind: "counter" }
  ? Counter<DimensionOf<Definition>>
  : Definition extends { readonly kind: "gauge" }
    ? Gauge<DimensionOf<Definition>>
    : Definition extends { readonly kind: "timer" }
      ? Timer<DimensionOf<Definition>>
      : Distribution<DimensionOf<Definition>>;

/** What records each metric of some definitions, by name. */
export type Instruments<Definitions extends MetricDefinitions> = {
  readonly [Name in keyof Definitions]: InstrumentOf<Definitions[Name]>;
};
