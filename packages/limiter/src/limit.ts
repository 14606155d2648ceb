import type { Outcome } from "./outcome.ts";

/** What a call asks of a limit. */
export interface Wish {
  /** Calls of a higher priority leave the queue first; calls of the same, in the order they came. */
  readonly priority: number;
  /** How many tokens it takes. */
  readonly cost: number;
}

/** That a call was let in. */
export interface Turn {
  /** The limit's own number for it, from 1. */
  readonly number: number;
  /** When, in monotonic milliseconds. */
  readonly at: number;
  readonly waitedMs: number;
  readonly wish: Wish;
}

/** What a limiter keeps to: it says who may go, and hears how that ended. Times are monotonic milliseconds. */
export interface Limit {
  /** Calls let in that have not ended. */
  readonly inFlight: number;
  /** Calls per second it lets in; `undefined` if it limits no rate, or knows none yet. */
  readonly perSecond?: number | undefined;
  /** Whether `readyInMs` holds for any cost and time ahead: whoever would wait too long is then refused at once. */
  readonly foretells?: boolean;
  /** Lets a call in, if it may go now: its number, from 1, or 0. `waited` says whether calls had to wait until now. */
  admit(now: number, waited: boolean, wish: Wish): number;
  /** Milliseconds until the call may go, 0 or less if it may; `Infinity` if only the end of another can make it so. */
  readyInMs(now: number, wish: Wish): number;
  /** Whether only single probes go, instead of a call that asks this: since most of them fail, those of the lowest priority first. */
  holdsBack?(wish: Wish): boolean;
  /** The call that was let in has ended so. */
  end(outcome: Outcome, turn: Turn, now: number): void;
}
