import type { Clock, Timer } from "./clock.ts";

/** A clock that stands still until told. */
export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds and calls what falls due, in order; promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Sets `now()` on, or back, as when a machine slept or its clock was set; `monotonic()` and timers take no notice. */
  jump(ms: number): void;
  /** How many timers wait. */
  readonly pending: number;
}

/** A clock for tests that wait for nothing; it starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  let jumped = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  const next = () => [...timers].sort((a, b) => a.at - b.at)[0];
  return {
    now: () => startMs + jumped + elapsed,
    monotonic: () => elapsed,
    setTimeout(callback, delayMs): Timer {
      const timer = { at: elapsed + delayMs, callback };
      timers.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      timers.delete(timer as never);
    },
    jump(ms) {
      jumped += ms;
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const end = elapsed + ms;
      for (let due = next(); due !== undefined && due.at <= end; due = next()) {
        timers.delete(due);
        elapsed = Math.max(elapsed, due.at);
        due.callback();
        await settle();
      }
      elapsed = end;
      await settle();
    },
  };
}

// Enough turns for the promise chains of this package; none of them reads or waits for anything outside.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
