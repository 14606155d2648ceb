import { type CallContext, type Clock, longestDelayMs, type Timer } from "@holdfast/errors/policy";
import { LimitReachedError, type RefusalReason } from "./limit-reached-error.ts";
import { type Turn, Waiter } from "./waiter.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface WaitingRoomOptions {
  /** The limiter's name, for errors. */
  readonly name: string;
  /** Most calls that may wait. */
  readonly maxQueued: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /** Called with why a call was turned away. */
  readonly onRefuse: (reason: RefusalReason) => void;
  /** Called when a waiting call was given up by its caller or turned away. */
  readonly onLeave?: (() => void) | undefined;
}

export interface Wish {
  /** Calls of a higher priority go first; calls of the same go in the order they came. */
  readonly priority?: number | undefined;
  /** How many tokens it takes. */
  readonly cost?: number | undefined;
  /** The wait was judged before: neither its length nor the deadline ends it. */
  readonly neverExpires?: boolean | undefined;
}

/**
 * Calls that wait for their turn: by priority, then first come, first served.
 *
 * However many wait, there is at most one timer, and none without a wait limit or a deadline.
 * A call that is given up leaves in constant time. A call once let in is never turned away.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #lines = new Map<number, WaitingLine<Waiter>>();
  #priorities: readonly number[] = [];
  #size = 0;
  #cost = 0;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size >= this.#options.maxQueued;
  }

  /** What all that wait cost together. */
  get cost(): number {
    return this.#cost;
  }

  /** The next whose turn it is. */
  get first(): { readonly cost: number } | undefined {
    return this.#first;
  }

  get #first(): Waiter | undefined {
    if (this.#size === 0) return undefined;
    for (const priority of this.#priorities) {
      const first = this.#lines.get(priority)?.first;
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** How long the one that came first has waited, in milliseconds. */
  longestWaitMs(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const line of this.#lines.values()) since = Math.min(since, line.first?.since ?? since);
    return this.#size === 0 ? 0 : this.#options.clock.monotonic() - since;
  }

  /**
   * Waits for a turn. Rejects with a {@link LimitReachedError} where the queue is full or the wait too long,
   * and with the reason of the abort if there is one.
   */
  enter(context: CallContext, { priority = 0, cost = 1, neverExpires = false }: Wish = {}): Promise<Turn> {
    if (context.aborted) return Promise.reject(context.reason);
    if (this.full) return Promise.reject(this.refusal("queue-full"));
    const now = this.#options.clock.monotonic();
    const waiter = new Waiter(
      context,
      priority,
      cost,
      now,
      neverExpires ? Number.POSITIVE_INFINITY : this.#expiryOf(context, now),
      this.#giveUp,
    );
    this.#lineOf(priority).join(waiter);
    this.#size += 1;
    this.#cost += cost;
    this.#watch(waiter.expiresAt);
    return waiter.turn;
  }

  /** Lets the next one in, with the number that the limiter gives its turn. */
  admitFirst(number = 0): void {
    if (this.#first !== undefined) this.#admit(this.#first, number);
  }

  /** Lets in whoever has waited longest among those of the lowest priority. */
  admitLowest(number: number): void {
    const lowest = this.#priorities.findLast((priority) => (this.#lines.get(priority)?.size ?? 0) > 0);
    const waiter = lowest === undefined ? undefined : this.#lines.get(lowest)?.first;
    if (waiter !== undefined) this.#admit(waiter, number);
  }

  #admit(waiter: Waiter, number: number): void {
    this.#remove(waiter);
    const at = this.#options.clock.monotonic();
    waiter.admit({ number, at, waitedMs: at - waiter.since });
  }

  readonly #giveUp = (waiter: Waiter): void => {
    this.#remove(waiter);
    waiter.turnAway(waiter.context.reason);
    this.#options.onLeave?.();
  };

  /** The error for a call that is turned away, once that has been reported. */
  refusal(reason: RefusalReason, waitedMs = 0, retryAfterMs?: number): LimitReachedError {
    this.#options.onRefuse(reason);
    return new LimitReachedError({
      limiter: this.#options.name,
      reason,
      waiting: this.#size,
      waitedMs,
      retryAfterMs,
    });
  }

  #lineOf(priority: number): WaitingLine<Waiter> {
    const line = this.#lines.get(priority);
    if (line !== undefined) return line;
    const made = new WaitingLine<Waiter>();
    this.#lines.set(priority, made);
    this.#priorities = [...this.#lines.keys()].sort((one, other) => other - one);
    return made;
  }

  #remove(waiter: Waiter): void {
    const line = this.#lineOf(waiter.priority);
    line.leave(waiter);
    if (line.size === 0 && this.#lines.size > keptLines) this.#lines.delete(waiter.priority);
    this.#size -= 1;
    this.#cost = this.#size === 0 ? 0 : this.#cost - waiter.cost; // sums of fractions drift
    if (this.#size === 0) this.#stopWatching();
  }

  // In monotonic time, though deadlines are by the calendar: the machine's clock may be set meanwhile.
  #expiryOf(context: CallContext, now: number): number {
    const byWait = now + this.#options.maxWaitMs;
    return context.deadline === undefined
      ? byWait
      : Math.min(byWait, now + context.deadline - this.#options.clock.now());
  }

  #watch(expiresAt: number): void {
    if (expiresAt >= this.#timerAt) return;
    this.#stopWatching();
    const { clock } = this.#options;
    this.#timerAt = expiresAt;
    this.#timer = clock.setTimeout(() => this.#expire(), Math.min(expiresAt - clock.monotonic(), longestDelayMs));
  }

  #stopWatching(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #expire(): void {
    this.#stopWatching();
    const now = this.#options.clock.monotonic();
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#everyone()) {
      if (waiter.expiresAt <= now) this.#turnAway(waiter, now);
      else soonest = Math.min(soonest, waiter.expiresAt);
    }
    if (this.#size > 0 && soonest < Number.POSITIVE_INFINITY) this.#watch(Math.max(soonest, now + scanEveryMs));
  }

  #turnAway(waiter: Waiter, now: number): void {
    this.#remove(waiter);
    const waitedMs = now - waiter.since;
    waiter.turnAway(this.refusal(waitedMs >= this.#options.maxWaitMs ? "waited-too-long" : "deadline", waitedMs));
    this.#options.onLeave?.();
  }

  *#everyone(): Generator<Waiter, void> {
    for (const line of this.#lines.values()) yield* line;
  }
}

// Expiry walks the whole line, so it does not do so more often than this.
const scanEveryMs = 5;

// Empty lines are kept for the next comers, but not one for each of any number of priorities.
const keptLines = 16;
