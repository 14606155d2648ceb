import { LogHistogram } from "./log-histogram.ts";
import type { Measurement } from "./point.ts";

/** What a series tells the metrics it belongs to. */
export interface SeriesOwner {
  /** The series has something to report at the next collection. */
  changed(series: Series): void;
  /** A value was given that cannot be recorded: not a finite number, or out of range. */
  refused(): void;
  forgotten(series: Series): void;
}

/** The largest magnitude that CloudWatch takes, 2^360. */
export const largestValue: number = 2 ** 360;

/** One metric with one set of dimension values, ready to record: keep it, and a record costs no look-up. */
export abstract class Series {
  readonly dimensions: Readonly<Record<string, string>>;
  /** Handed to a user, who may record through it at any time: it is not forgotten for being idle. */
  held = false;
  /** The last collection in which it changed, by the owner's monotonic clock. */
  activeAt = 0;
  protected readonly owner: SeriesOwner;
  // A series that is muted or forgotten counts as one that has reported itself already, and so never does.
  #reported: boolean;
  #forgotten: boolean;

  constructor(dimensions: Readonly<Record<string, string>>, owner: SeriesOwner, muted: boolean) {
    this.dimensions = dimensions;
    this.owner = owner;
    this.#reported = muted;
    this.#forgotten = muted;
  }

  /** Ends the series: what it holds is reported once more (a gauge is not), and what is recorded later is dropped. */
  forget(): void {
    if (this.#forgotten) return;
    this.#forgotten = true;
    this.#reported = true;
    this.owner.forgotten(this);
  }

  /** What was measured since the last collection, or `undefined` if nothing was. For the owner only. */
  collect(): Measurement | undefined {
    this.#reported = this.#forgotten;
    return this.take();
  }

  protected abstract take(): Measurement | undefined;

  protected report(): void {
    if (this.#reported) return;
    this.#reported = true;
    this.owner.changed(this);
  }
}

export class CounterSeries extends Series {
  #sum = 0;

  /** Adds `value` ≥ 0; anything else is not recorded but counted in `metricsDropped`. Never throws. */
  add(value = 1): void {
    if (!(value >= 0 && value <= largestValue)) {
      this.owner.refused();
      return;
    }
    this.#sum += value;
    this.report();
  }

  protected override take(): Measurement | undefined {
    const sum = this.#sum;
    this.#sum = 0;
    return { kind: "sum", sum };
  }
}

export class GaugeSeries extends Series {
  #value: number | undefined;

  /** Sets the value, reported at every flush until `forget()`. Never throws. */
  set(value: number): void {
    if (!(value >= -largestValue && value <= largestValue)) {
      this.owner.refused();
      return;
    }
    this.#value = value;
    this.report();
  }

  /** Reports nothing until the next value. */
  unset(): void {
    this.#value = undefined;
  }

  protected override take(): Measurement | undefined {
    const value = this.#value;
    return value === undefined ? undefined : { kind: "gauge", count: 1, sum: value, min: value, max: value };
  }
}

export class DistributionSeries extends Series {
  readonly #histogram = new LogHistogram();

  /** Records a finite value. Never throws. */
  record(value: number): void {
    if (!(value >= -largestValue && value <= largestValue)) {
      this.owner.refused();
      return;
    }
    this.#histogram.record(value);
    this.report();
  }

  protected override take(): Measurement | undefined {
    return this.#histogram.count === 0 ? undefined : { kind: "histogram", histogram: this.#histogram.take() };
  }
}
