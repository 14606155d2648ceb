import type { Clock } from "./clock.ts";
import type { Measurement } from "./point.ts";

/** What a series knows of the metrics it belongs to, and tells them. */
export interface SeriesHost {
  readonly clock: Clock;
  /** A series has something to report at the next collection. */
  changed(): void;
  /** A value was given that cannot be recorded: not a finite number, or out of range. */
  refused(): void;
}

/** The set that a series is in. */
export interface SeriesOwner {
  readonly host: SeriesHost;
  forgotten(series: Series): void;
}

/** The largest magnitude that CloudWatch takes, 2^360. */
const largestValue = 2 ** 360;

/** One metric with one set of dimension values, ready to record: keep it, and a record costs no look-up. */
export abstract class Series {
  readonly dimensions: Readonly<Record<string, string>>;
  /** Handed to a user, who may record through it at any time: it is not forgotten for being idle. */
  held = false;
  protected readonly owner: SeriesOwner;
  #activeAt = Number.POSITIVE_INFINITY; // not idle before its first collection
  #changed = false;
  #forgotten = false;

  constructor(dimensions: Readonly<Record<string, string>>, owner: SeriesOwner) {
    this.dimensions = dimensions;
    this.owner = owner;
  }

  /** Ends the series: what it holds is reported once more (a gauge is not), and what is recorded later is dropped. */
  forget(): void {
    if (this.#forgotten) return;
    this.#forgotten = true;
    this.owner.forgotten(this);
  }

  /** What was measured since the last collection, or `undefined` if nothing was. For the owner only. */
  collect(at: number): Measurement | undefined {
    const changed = this.#changed;
    this.#changed = false;
    if (changed || this.#activeAt > at) this.#activeAt = at;
    return this.take(changed);
  }

  /** Whether it is free to be forgotten: held by nobody, and unchanged in every collection since `since`. For the owner only. */
  idle(since: number): boolean {
    return !this.held && this.#activeAt < since;
  }

  protected abstract take(changed: boolean): Measurement | undefined;

  /** Whether a value can be recorded; what cannot is counted in `metricsDropped`. */
  protected accepts(value: number, least: number = -largestValue): boolean {
    if (!(typeof value === "number" && value >= least && value <= largestValue)) {
      this.owner.host.refused();
      return false;
    }
    if (!this.#changed) {
      this.#changed = true;
      if (!this.#forgotten) this.owner.host.changed();
    }
    return true;
  }
}
