import type { Clock, Timer } from "@holdfast/errors/policy";

/**
 * Options for a limiter under test: it lets calls through in the same order and at the same times of its own clock, and
 * no one waits for them. Spread them over a limiter's own: `rateLimiter({ ...options, ...noWait() })`.
 */
export function noWait(): { readonly clock: Clock } {
  return { clock: hurryingClock(Date.UTC(2026, 0, 1)) };
}

/** A clock that jumps to the time of whatever is waited for. */
function hurryingClock(startMs: number): Clock {
  let elapsed = 0;
  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    setTimeout(callback, delayMs): Timer {
      const dueAt = elapsed + delayMs;
      return setImmediate(() => {
        elapsed = Math.max(elapsed, dueAt);
        callback();
      });
    },
    clearTimeout(timer) {
      clearImmediate(timer as ReturnType<typeof setImmediate>);
    },
  };
}
