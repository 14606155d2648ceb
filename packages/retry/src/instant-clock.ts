import type { Clock } from "@holdfast/errors/policy";

/** A clock on which every wait is over at once, and time has passed all the same. */
export interface InstantClock extends Clock {
  /** The waits so far, in milliseconds, in the order they were begun. */
  readonly waits: readonly number[];
}

/** A clock for tests in which pauses take no time: a timer fires in the next turn, and moves `now()` forward by its delay. */
export function instantClock(startMs: number = Date.UTC(2026, 0, 1)): InstantClock {
  let elapsed = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    setTimeout(callback, delayMs) {
      waits.push(delayMs);
      return setTimeout(() => {
        elapsed += delayMs;
        callback();
      }, 0);
    },
    clearTimeout(timer) {
      clearTimeout(timer as ReturnType<typeof setTimeout>);
    },
  };
}
