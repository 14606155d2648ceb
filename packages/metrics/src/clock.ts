/** A timer that a clock handed out; only its clock can read it. */
export type Timer = unknown;

/** Time as an option, so that tests need not wait. The same shape in every package of the house. */
export interface Clock {
  /** Milliseconds since the epoch; may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): number;
  /** Calls `callback` once, `delayMs` from now. */
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

// The globals are looked up at each call, so that fake timers installed later are used.
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => {
    clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};

/** A timer that does not keep the process alive. */
export function setIdleTimeout(clock: Clock, callback: () => void, delayMs: number): Timer {
  const timer = clock.setTimeout(callback, delayMs);
  (timer as { readonly unref?: () => unknown } | undefined)?.unref?.(); // a manual clock's has none
  return timer;
}
