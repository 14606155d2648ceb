import type { Clock } from "./clock.ts";
import type { DimensionValue } from "./dimension-text.ts";
import type { MetricDefinition, MetricDefinitions } from "./metric-definition.ts";
import type { Point } from "./point.ts";
import { CounterSeries, DistributionSeries, GaugeSeries, type Series } from "./series.ts";
import { SeriesSet, type SeriesSetHost } from "./series-set.ts";
import { type Stopwatch, startStopwatch, TimerSeries } from "./timer-series.ts";

/** The instruments of some definitions, and their series as a whole. */
export interface InstrumentSet {
  readonly instruments: Readonly<Record<string, unknown>>;
  readonly size: number;
  /** What was measured since the last collection, at `at`; what has been idle since `idleSince` is forgotten. */
  collect(at: number, idleSince: number): Point[];
  /** Records nothing from now on. */
  mute(): void;
}

export interface InstrumentsOptions {
  readonly clock: Clock;
  readonly capacity: number;
  readonly muted: boolean;
  readonly host: SeriesSetHost;
}

/** Makes an instrument for each of `definitions`; one that is not among `kept` records nothing. */
export function makeInstruments(
  definitions: MetricDefinitions,
  kept: MetricDefinitions,
  options: InstrumentsOptions,
): InstrumentSet {
  const recorders = Object.entries(definitions).map(
    ([name, definition]) => [name, makeRecorder(name, kept[name] ?? definition, options, !(name in kept))] as const,
  );
  return {
    instruments: Object.fromEntries(recorders.map(([name, recorder]) => [name, recorder])),
    get size() {
      return recorders.reduce((sum, [, recorder]) => sum + recorder.all.size, 0);
    },
    collect(at, idleSince) {
      const points: Point[] = [];
      for (const [, recorder] of recorders) recorder.collect(points, at, idleSince);
      return points;
    },
    mute() {
      for (const [, recorder] of recorders) recorder.all.mute();
    },
  };
}

type Given = Readonly<Record<string, DimensionValue>>;

/** Records one metric: resolves the series, then lets it record. */
class Recorder<S extends Series = Series> {
  readonly all: SeriesSet<S>;

  constructor(all: SeriesSet<S>) {
    this.all = all;
  }

  with(dimensions?: Given): S {
    const series = this.all.resolve(dimensions);
    series.held = true;
    return series;
  }

  collect(points: Point[], at: number, idleSince: number): void {
    this.all.collect(points, at, idleSince);
  }
}

class CounterRecorder extends Recorder<CounterSeries> {
  add(value?: number, dimensions?: Given): void {
    this.all.resolve(dimensions).add(value);
  }
}

class GaugeRecorder extends Recorder<GaugeSeries> {
  readonly #observed = new Set<() => void>();

  set(value: number, dimensions?: Given): void {
    this.all.resolve(dimensions).set(value);
  }

  observe(read: () => number | undefined, dimensions?: Given): { dispose(): void } {
    const look = () => {
      const value = read();
      if (value === undefined) this.all.find(dimensions)?.unset();
      else this.with(dimensions).set(value);
    };
    this.#observed.add(look);
    return {
      dispose: () => {
        this.#observed.delete(look);
        this.all.find(dimensions)?.forget();
      },
    };
  }

  override collect(points: Point[], at: number, idleSince: number): void {
    for (const look of this.#observed) {
      try {
        look();
      } catch {
        this.all.refused();
      }
    }
    super.collect(points, at, idleSince);
  }
}

class DistributionRecorder<S extends DistributionSeries = DistributionSeries> extends Recorder<S> {
  record(value: number, dimensions?: Given): void {
    this.all.resolve(dimensions).record(value);
  }
}

class TimerRecorder extends DistributionRecorder<TimerSeries> {
  readonly #clock: Clock;

  constructor(all: SeriesSet<TimerSeries>, clock: Clock) {
    super(all);
    this.#clock = clock;
  }

  start(): Stopwatch<[dimensions?: Given]> {
    return startStopwatch(this.#clock, (durationMs, dimensions) => {
      this.record(durationMs, dimensions);
    });
  }
}

function makeRecorder(
  metric: string,
  definition: MetricDefinition,
  options: InstrumentsOptions,
  left: boolean,
): Recorder {
  const { clock, capacity, host } = options;
  const shape = { metric, definition, capacity, host, muted: options.muted || left };
  switch (definition.kind) {
    case "counter":
      return new CounterRecorder(new SeriesSet({ ...shape, make: (...given) => new CounterSeries(...given) }));
    case "gauge":
      return new GaugeRecorder(new SeriesSet({ ...shape, make: (...given) => new GaugeSeries(...given) }));
    case "timer":
      return new TimerRecorder(
        new SeriesSet({ ...shape, make: (...given) => new TimerSeries(...given, clock) }),
        clock,
      );
    case "distribution":
      return new DistributionRecorder(
        new SeriesSet({ ...shape, make: (...given) => new DistributionSeries(...given) }),
      );
  }
}
