import { type Clock, setIdleTimeout, type Timer } from "./clock.ts";

export interface FlushScheduleOptions {
  readonly clock: Clock;
  readonly flushIntervalMs: number;
  readonly flushAtSeries: number;
}

/** When to flush: at each interval, and earlier once many series have changed. */
export interface FlushSchedule {
  /** Flushes from now on, first after `delayMs`. */
  start(delayMs: number): void;
  /** One more series has changed. */
  changed(): void;
  /** Everything was collected, at this time of the monotonic clock. */
  collected(at: number): void;
  stop(): void;
}

/** No timer of it keeps the process alive. */
export function flushSchedule(
  { clock, flushIntervalMs, flushAtSeries }: FlushScheduleOptions,
  flush: () => unknown,
): FlushSchedule {
  let timer: Timer;
  let running = false;
  let changes = 0;
  let earliest = 0; // a tenth of an interval after the last collection

  function start(delayMs: number): void {
    running = true;
    clock.clearTimeout(timer);
    timer = setIdleTimeout(
      clock,
      () => {
        start(flushIntervalMs);
        flush();
      },
      delayMs,
    );
  }
  return {
    start,
    changed() {
      if (++changes === flushAtSeries && running) start(Math.max(0, Math.ceil(earliest - clock.monotonic())));
    },
    collected(at) {
      changes = 0;
      earliest = at + flushIntervalMs / 10;
    },
    stop() {
      running = false;
      clock.clearTimeout(timer);
    },
  };
}
