import { type CallContext, type Clock, Line, longestDelayMs, type Timer } from "@holdfast/errors/policy";
import type { Limit, Turn, Wish } from "./limit.ts";
import { LimitReachedError, type RefusalReason } from "./limit-reached-error.ts";
import type { LimiterSnapshot } from "./limiter-events.ts";
import type { Outcome } from "./outcome.ts";
import { Waiter } from "./waiter.ts";

export interface WaitingRoomOptions {
  /** The limiter's name, for errors. */
  readonly name: string;
  /** Most calls that may wait. */
  readonly maxQueued: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
}

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
  readonly #onRefuse: (reason: RefusalReason) => void;
  /** One for each priority for which someone waits, the highest first. */
  readonly #lines: Line<Waiter>[] = [];
  /** Everyone in them, in the order they came. */
  readonly #everyone = new Set<Waiter>();
  /** What all that wait cost together. */
  #cost = 0;
  /** Nobody's wait ends before. */
  #expiryAt = Infinity;
  #timer: Timer;
  /** When the timer fires; `Infinity` if there is none. */
  #timerAt = Infinity;

  constructor(limit: Kept, options: WaitingRoomOptions, onRefuse: (reason: RefusalReason) => void) {
    this.limit = limit;
    this.#options = options;
    this.#onRefuse = onRefuse;
  }

  /** Nothing is under way and nobody waits. */
  get idle(): boolean {
    return this.limit.inFlight + this.#everyone.size === 0;
  }

  snapshot(): LimiterSnapshot {
    const { perSecond, inFlight } = this.limit;
    const [longest] = this.#everyone;
    return {
      perSecond: perSecond === Infinity ? undefined : perSecond,
      inFlight,
      waiting: this.#everyone.size,
      longestWaitMs: longest === undefined ? 0 : this.#now - longest.since,
    };
  }

  /** Lets a call in at once, if it may go and nobody waits. */
  admitNow(wish: Wish): Turn | undefined {
    if (this.#lines.length > 0) return undefined;
    const at = this.#now;
    const number = this.limit.admit(at, false, wish);
    return number === 0 ? undefined : { number, at, waitedMs: 0, wish };
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
    if (this.#everyone.size >= maxQueued) throw this.#refusal("queue-full", 0, foretoldMs);
    if (foretoldMs !== undefined && foretoldMs > mayWaitMs) {
      throw this.#refusal(this.#whyNotFor(foretoldMs), 0, foretoldMs);
    }
    const expiresAt = foretoldMs === undefined ? now + mayWaitMs : Infinity;
    const waiter = new Waiter(context, wish, now, expiresAt, this.#giveUp);
    const othersWait = this.#everyone.size > 0;
    this.#join(waiter);
    this.#everyone.add(waiter);
    this.#cost += wish.cost;
    this.#expiryAt = Math.min(this.#expiryAt, expiresAt);
    this.pump(othersWait);
    return waiter.turn.promise;
  }

  /** Ends a call that was let in. */
  end(outcome: Outcome, turn: Turn, now: number): void {
    this.limit.end(outcome, turn, now);
    if (this.#lines.length > 0) this.pump();
  }

  /** Lets in whoever may go, and sees to it that the next is let in when it may. */
  pump(waited = true): void {
    const now = this.#now;
    for (let next = this.#next; next !== undefined; next = this.#next) {
      const { wish, since } = next;
      const number = this.limit.admit(now, waited, wish);
      if (number === 0) {
        this.#wakeAt(Math.min(now + this.limit.readyInMs(now, wish), this.#expiryAt), now);
        return;
      }
      this.#remove(next).resolve({ number, at: now, waitedMs: now - since, wish });
    }
    this.#wakeAt(Infinity, now);
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  get #next(): Waiter | undefined {
    const first = this.#lines[0]?.first;
    return first !== undefined && this.limit.holdsBack?.(first.wish) === true ? this.#lines.at(-1)?.first : first;
  }

  #join(waiter: Waiter): void {
    const found = this.#lines.find((line) => priorityOf(line) === waiter.wish.priority);
    const line = found ?? new Line();
    line.join(waiter);
    if (found !== undefined) return;
    this.#lines.push(line);
    this.#lines.sort((one, other) => priorityOf(other) - priorityOf(one));
  }

  /** Takes someone out of the line: how to tell them why. */
  #remove(waiter: Waiter): Waiter["turn"] {
    waiter.leave();
    this.#everyone.delete(waiter);
    this.#cost = this.#everyone.size === 0 ? 0 : this.#cost - waiter.wish.cost; // sums of fractions drift
    const empty = this.#lines.findIndex((line) => line.first === undefined);
    if (empty >= 0) this.#lines.splice(empty, 1);
    return waiter.turn;
  }

  readonly #giveUp = (waiter: Waiter): void => {
    const wasNext = waiter === this.#next;
    this.#remove(waiter).reject(waiter.context.reason);
    if (wasNext) this.pump();
  };

  #refusal(reason: RefusalReason, waitedMs: number, retryAfterMs?: number): LimitReachedError {
    this.#onRefuse(reason);
    return new LimitReachedError({
      limiter: this.#options.name,
      reason,
      waiting: this.#everyone.size,
      waitedMs,
      retryAfterMs,
    });
  }

  /** Why a call may not wait so long. */
  #whyNotFor(waitMs: number): RefusalReason {
    return waitMs >= this.#options.maxWaitMs ? "waited-too-long" : "deadline";
  }

  #wakeAt(at: number, now: number): void {
    const { clock } = this.#options;
    if (at === this.#timerAt || Math.abs(at - this.#timerAt) < 1) return;
    if (this.#timerAt < Infinity) clock.clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    // Timers count whole milliseconds, and one that came too soon would only have to be set again.
    const delayMs = Math.min(Math.max(1, Math.ceil(at - now)), longestDelayMs);
    this.#timer = clock.setTimeout(() => {
      this.#timerAt = Infinity;
      const later = this.#now;
      if (later >= this.#expiryAt) this.#expire(later);
      this.pump();
    }, delayMs);
  }

  #expire(now: number): void {
    this.#expiryAt = Infinity;
    for (const waiter of this.#everyone) {
      const { since, expiresAt } = waiter;
      if (expiresAt <= now) this.#remove(waiter).reject(this.#refusal(this.#whyNotFor(now - since), now - since));
      else this.#expiryAt = Math.min(this.#expiryAt, Math.max(expiresAt, now + scanEveryMs));
    }
  }
}

function priorityOf(line: Line<Waiter>): number {
  return line.first?.wish.priority ?? 0;
}
