import type { Clock } from "./clock.ts";
import { DistributionSeries, type SeriesOwner } from "./series.ts";

/** Measures one duration. */
export interface Stopwatch<Given extends readonly unknown[] = []> {
  /** Records the milliseconds since the start, once, and returns them; later calls only return them. */
  stop(...dimensions: Given): number;
}

/** A distribution of durations in milliseconds. */
export class TimerSeries extends DistributionSeries {
  readonly #clock: Clock;

  constructor(dimensions: Readonly<Record<string, string>>, owner: SeriesOwner, muted: boolean, clock: Clock) {
    super(dimensions, owner, muted);
    this.#clock = clock;
  }

  /** Records how long `run` takes, whether it returns, throws, resolves or rejects; yields what it yields. */
  time<T>(run: () => T): T {
    const stopwatch = startStopwatch(this.#clock, (durationMs) => this.record(durationMs));
    try {
      const result = run();
      if (result instanceof Promise) return result.finally(() => stopwatch.stop()) as T;
      stopwatch.stop();
      return result;
    } catch (error) {
      stopwatch.stop();
      throw error;
    }
  }
}

/** A stopwatch that tells `record` when it stops. */
export function startStopwatch<Given extends readonly unknown[]>(
  clock: Clock,
  record: (durationMs: number, ...dimensions: Given) => void,
): Stopwatch<Given> {
  const startedAt = clock.monotonic();
  let elapsedMs: number | undefined;
  return {
    stop: (...dimensions) => {
      if (elapsedMs !== undefined) return elapsedMs;
      elapsedMs = clock.monotonic() - startedAt;
      record(elapsedMs, ...dimensions);
      return elapsedMs;
    },
  };
}
