import type { Clock } from "./clock.ts";
import { DistributionSeries } from "./distribution-series.ts";

/** Measures one duration. */
export interface Stopwatch<Given extends readonly unknown[] = []> {
  /** Records the milliseconds since the start, once, and returns them; later calls only return them. */
  stop(...dimensions: Given): number;
}

/** A distribution of durations in milliseconds. */
export class TimerSeries extends DistributionSeries {
  /** Records how long `run` takes, whether it returns, throws, resolves or rejects; yields what it yields. */
  time<T>(run: () => T): T {
    const { stop } = startStopwatch(this.owner.host.clock, (durationMs) => this.record(durationMs));
    let result: T | undefined;
    try {
      result = run();
      return result instanceof Promise ? (result.finally(stop) as T) : result;
    } finally {
      if (!(result instanceof Promise)) stop();
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
      if (elapsedMs === undefined) {
        elapsedMs = clock.monotonic() - startedAt;
        record(elapsedMs, ...dimensions);
      }
      return elapsedMs;
    },
  };
}
