import type { Clock } from "./clock.ts";

/** A clock that stands still until told to move. */
export interface ManualClock extends Clock {
  /** Moves time forward and fires, in order, every timer that falls due on the way; promises settle between timers. */
  advance(ms: number): Promise<void>;
  /** Sets `now()` on, or back, as when a machine slept or its clock was set; `monotonic()` and timers take no notice. */
  jump(ms: number): void;
  /** How many timers wait. */
  readonly pending: number;
}

interface ManualTimer {
  readonly at: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/** A clock for tests: time passes only in {@link ManualClock.advance}. Starts at `startMs`, by default 1 January 2026 UTC. */
export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  let jumped = 0;
  let sequence = 0;
  const timers = new Set<ManualTimer>();
  return {
    now: () => startMs + jumped + elapsed,
    monotonic: () => elapsed,
    setTimeout(callback, delayMs) {
      const timer: ManualTimer = { at: elapsed + Math.max(0, delayMs), sequence: sequence++, callback };
      timers.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      timers.delete(timer as ManualTimer);
    },
    jump(ms) {
      jumped += ms;
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settled();
      for (let due = next(timers, end); due !== undefined; due = next(timers, end)) {
        elapsed = due.at;
        timers.delete(due);
        due.callback();
        await settled();
      }
      elapsed = end;
      await settled();
    },
  };
}

function next(timers: ReadonlySet<ManualTimer>, end: number): ManualTimer | undefined {
  let first: ManualTimer | undefined;
  for (const timer of timers) {
    if (timer.at > end) continue;
    if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.sequence < first.sequence))
      first = timer;
  }
  return first;
}

// Promise chains of policies inside policies settle over many microtasks; a macrotask waits for all of them.
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
