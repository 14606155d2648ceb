import {
  type CallContext,
  type Clock,
  countOrInfinity,
  delayOrInfinity,
  type Emitter,
  Line,
  type OptionTable,
  Place,
  systemClock,
  type Timer,
} from "@holdfast/errors/policy";
import type { Limit, Turn, Wish } from "./limit.ts";
import { LimitReachedError } from "./limit-reached-error.ts";
import type { LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import type { Outcome } from "./outcome.ts";

export interface WaitingRoomOptions {
  /** The limiter's name, for errors. */
  readonly name: string;
  /** Most calls that may wait. */
  readonly maxQueued: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
}

/** What a limiter hands on to its room from its own options: what each is by default, and what it may be. */
export const waitingOptions: OptionTable<Partial<Omit<WaitingRoomOptions, "name">>> = {
  maxQueued: [100_000, countOrInfinity],
  maxWaitMs: [Infinity, delayOrInfinity],
  clock: [systemClock],
};

/** One call that waits. */
interface Waiter extends Place {
  readonly context: CallContext;
  readonly wish: Wish;
  /** Since when it waits, in monotonic milliseconds. */
  readonly since: number;
  /** When its wait ends; `Infinity` if it was foretold to be short enough. */
  readonly until: number;
  readonly turn: PromiseWithResolvers<Turn>;
  readonly onAbort: () => void;
}

// A day. Timers take no more than 2^31 − 1 ms, and one that fires before it is needed is set again.
const longestSleepMs = 86_400_000;
// Expiry walks the whole line, so it does not do so more often than this.
const scanEveryMs = 5;

/**
 * Where calls wait until a limit lets them in: by priority, then first come, first served.
 *
 * However many wait, there is at most one timer. A call that is given up leaves in constant time. A call once let
 * in is never turned away.
 */
export class WaitingRoom<Kept extends Limit = Limit> {
  readonly limit: Kept;
  readonly #options: WaitingRoomOptions;
  readonly #reject: Emitter<RejectEvent>;
  /** One for each priority for which someone waits, the highest first. */
  #lines: Line<Waiter>[] = [];
  /** Everyone in them, in the order they came. */
  readonly #everyone = new Set<Waiter>();
  /** What all that wait cost together. */
  #cost = 0;
  /** Nobody's wait ends before. */
  #expiryAt = Infinity;
  #timer: Timer;
  /** When the timer fires; `Infinity` if there is none. */
  #timerAt = Infinity;

  constructor(limit: Kept, options: WaitingRoomOptions, reject: Emitter<RejectEvent>) {
    this.limit = limit;
    this.#options = options;
    this.#reject = reject;
  }

  /** Nothing is under way and nobody waits. */
  get idle(): boolean {
    return this.limit.inFlight + this.#everyone.size === 0;
  }

  snapshot(): LimiterSnapshot {
    const { perSecond, inFlight } = this.limit;
    const [longest] = this.#everyone;
    return {
      perSecond,
      inFlight,
      waiting: this.#everyone.size,
      longestWaitMs: longest ? this.#now - longest.since : 0,
    };
  }

  /** Lets a call in at once, if it may go and nobody waits. */
  admitNow(wish: Wish): Turn | undefined {
    if (this.#everyone.size > 0) return undefined;
    const now = this.#now;
    return this.#admit(wish, now, now, false);
  }

  /** Milliseconds until it is the turn of a call that comes now, where that can be foretold. */
  foretellMs(wish: Wish): number | undefined {
    const now = this.#now;
    return this.limit.foretells ? this.limit.readyInMs(now, { ...wish, cost: this.#cost + wish.cost }) : undefined;
  }

  /**
   * Waits for a turn. Throws a {@link LimitReachedError} where the queue is full or the wait foretold too long,
   * rejects with one where it becomes too long, and with the reason of the abort if there is one.
   */
  enter(context: CallContext, wish: Wish): Promise<Turn> {
    if (context.aborted) throw context.reason;
    const { clock, maxQueued, maxWaitMs } = this.#options;
    const now = this.#now;
    // In monotonic time, though deadlines are by the calendar: the machine's clock may be set meanwhile.
    const mayWaitMs = Math.min(maxWaitMs, (context.deadline ?? Infinity) - clock.now());
    const foretoldMs = this.foretellMs(wish);
    const full = this.#everyone.size >= maxQueued;
    if (full || (foretoldMs ?? 0) > mayWaitMs) throw this.#refusal(context, 0, foretoldMs, full);
    const until = foretoldMs === undefined ? now + mayWaitMs : Infinity;
    const waiter: Waiter = Object.assign(new Place(), {
      context,
      wish,
      since: now,
      until,
      turn: Promise.withResolvers<Turn>(),
      onAbort: () => this.#giveUp(waiter),
    });
    context.onAbort(waiter.onAbort);
    this.#join(waiter);
    this.#everyone.add(waiter);
    this.#cost += wish.cost;
    this.#expiryAt = Math.min(this.#expiryAt, until);
    this.pump(this.#everyone.size > 1); // whether others waited before
    return waiter.turn.promise;
  }

  /** Ends a call that was let in: for how many milliseconds it was under way. */
  end(outcome: Outcome, turn: Turn): number {
    const now = this.#now;
    this.limit.end(outcome, turn, now);
    if (this.#everyone.size > 0) this.pump();
    return now - turn.at;
  }

  /** Turns away whoever has waited too long, lets in whoever may go, and sees to it that the next is let in when it may. */
  pump(waited = true): void {
    const now = this.#now;
    if (now >= this.#expiryAt) this.#expire(now);
    let next = this.#next;
    for (; next; next = this.#next) {
      const turn = this.#admit(next.wish, next.since, now, waited);
      if (!turn) break;
      this.#remove(next).resolve(turn);
    }
    this.#wakeAt(next ? Math.min(now + this.limit.readyInMs(now, next.wish), this.#expiryAt) : Infinity, now);
  }

  #admit(wish: Wish, since: number, at: number, waited: boolean): Turn | undefined {
    const number = this.limit.admit(at, waited, wish);
    return number === 0 ? undefined : { number, at, waitedMs: at - since, wish };
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  get #next(): Waiter | undefined {
    const first = this.#lines[0]?.first;
    return first && this.limit.holdsBack?.(first.wish) ? this.#lines.at(-1)?.first : first;
  }

  #join(waiter: Waiter): void {
    const line = this.#lines.find((line) => priorityOf(line) === waiter.wish.priority) ?? new Line();
    if (!line.first) this.#lines.push(line);
    line.join(waiter);
    this.#lines.sort((one, other) => priorityOf(other) - priorityOf(one));
  }

  /** Takes someone out of the line: how to tell them why. */
  #remove(waiter: Waiter): Waiter["turn"] {
    waiter.leave();
    waiter.context.offAbort(waiter.onAbort);
    this.#everyone.delete(waiter);
    this.#cost = this.#everyone.size === 0 ? 0 : this.#cost - waiter.wish.cost; // sums of fractions drift
    this.#lines = this.#lines.filter((line) => line.first);
    return waiter.turn;
  }

  #giveUp(waiter: Waiter): void {
    const wasNext = waiter === this.#next;
    this.#remove(waiter).reject(waiter.context.reason);
    if (wasNext) this.pump();
  }

  /** Of a call that waited, or by what is foretold would wait, too long, or that finds the queue full. */
  #refusal({ call }: CallContext, waitedMs: number, retryAfterMs?: number, full = false): LimitReachedError {
    const waitMs = retryAfterMs ?? waitedMs;
    const reason = full ? "queue-full" : waitMs >= this.#options.maxWaitMs ? "waited-too-long" : "deadline";
    this.#reject.emit({ reason, call });
    return new LimitReachedError({
      limiter: this.#options.name,
      reason,
      waiting: this.#everyone.size,
      waitedMs,
      retryAfterMs,
    });
  }

  #wakeAt(at: number, now: number): void {
    const { clock } = this.#options;
    if (at === this.#timerAt || Math.abs(at - this.#timerAt) < 1) return;
    if (this.#timerAt < Infinity) clock.clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    // Timers count whole milliseconds, and one that came too soon would only have to be set again.
    const delayMs = Math.min(Math.max(1, Math.ceil(at - now)), longestSleepMs);
    this.#timer = clock.setTimeout(() => {
      this.#timerAt = Infinity;
      this.pump();
    }, delayMs);
  }

  #expire(now: number): void {
    this.#expiryAt = Infinity;
    for (const waiter of this.#everyone) {
      const { context, since, until } = waiter;
      if (until <= now) this.#remove(waiter).reject(this.#refusal(context, now - since));
      else this.#expiryAt = Math.min(this.#expiryAt, Math.max(until, now + scanEveryMs));
    }
  }
}

function priorityOf(line: Line<Waiter>): number {
  return line.first?.wish.priority ?? 0;
}
