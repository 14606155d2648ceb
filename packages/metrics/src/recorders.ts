import type { MetricDefinition, MetricKind } from "./metric-definition.ts";
import type { Point } from "./point.ts";
import { CounterSeries, DistributionSeries, GaugeSeries, type Series } from "./series.ts";
import { type Given, SeriesSet, type SeriesSetHost } from "./series-set.ts";
import { type Stopwatch, startStopwatch, TimerSeries } from "./timer-series.ts";

/** What records one metric, whatever its kind. */
export type Recorder = SeriesSet<Series>;

/** Makes what records a metric, by its kind. */
export function makeRecorder(metric: string, definition: MetricDefinition, host: SeriesSetHost): Recorder {
  return new recorders[definition.kind](metric, definition, host);
}

type Dimensions = Readonly<Record<string, string>>;

class CounterRecorder extends SeriesSet<CounterSeries> {
  add(value?: number, given?: Given): void {
    this.resolve(given).add(value);
  }

  protected override make(dimensions: Dimensions): CounterSeries {
    return new CounterSeries(dimensions, this);
  }
}

class GaugeRecorder extends SeriesSet<GaugeSeries> {
  readonly #observed = new Set<() => void>();

  set(value: number, given?: Given): void {
    this.resolve(given).set(value);
  }

  observe(read: () => number | undefined, given?: Given): { dispose(): void } {
    const look = () => {
      const value = read();
      if (value === undefined) this.find(given)?.unset();
      else this.with(given).set(value);
    };
    this.#observed.add(look);
    return {
      dispose: () => {
        this.#observed.delete(look);
        this.find(given)?.forget();
      },
    };
  }

  override collect(points: Point[], at: number, idleSince: number): void {
    for (const look of this.#observed) {
      try {
        look();
      } catch {
        this.refused();
      }
    }
    super.collect(points, at, idleSince);
  }

  protected override make(dimensions: Dimensions): GaugeSeries {
    return new GaugeSeries(dimensions, this);
  }
}

class DistributionRecorder extends SeriesSet<DistributionSeries> {
  record(value: number, given?: Given): void {
    this.resolve(given).record(value);
  }

  protected override make(dimensions: Dimensions): DistributionSeries {
    return new DistributionSeries(dimensions, this);
  }
}

class TimerRecorder extends DistributionRecorder {
  start(): Stopwatch<[given?: Given]> {
    return startStopwatch(this.host.clock, (durationMs, given) => this.record(durationMs, given));
  }

  protected override make(dimensions: Dimensions): TimerSeries {
    return new TimerSeries(dimensions, this, this.host.clock);
  }
}

const recorders: Readonly<
  Record<MetricKind, new (metric: string, definition: MetricDefinition, host: SeriesSetHost) => Recorder>
> = { counter: CounterRecorder, gauge: GaugeRecorder, timer: TimerRecorder, distribution: DistributionRecorder };
