import type { CallContext, Clock, Timer } from "@holdfast/errors/policy";
import { Learner } from "./learner/learner.ts";
import type { RateChange } from "./learner/learnt-rate.ts";
import type { RefusalReason } from "./limit-reached-error.ts";
import type { LimiterSnapshot } from "./limiter-events.ts";
import type { Outcome } from "./outcome.ts";
import type { Turn } from "./waiter.ts";
import { WaitingRoom } from "./waiting-room.ts";

export interface LimitedScopeOptions {
  /** The limiter's name, for errors. */
  readonly name: string;
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  readonly maxWaitMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRefuse: (reason: RefusalReason) => void;
  /** Called when an outage is over. */
  readonly onRecover: () => void;
  readonly onRate: (perSecond: number, reason: RateChange) => void;
}

const retries = 1;
const firstAttempts = 0;

/** One learner, those who wait for it, and the one timer they share. */
export class LimitedScope {
  readonly learner: Learner;
  readonly #room: WaitingRoom;
  readonly #clock: Clock;
  readonly #onRecover: () => void;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: LimitedScopeOptions) {
    this.#clock = options.clock;
    this.#onRecover = options.onRecover;
    this.learner = new Learner(options);
    this.#room = new WaitingRoom({ ...options, onLeave: () => this.#quietWhenEmpty() });
  }

  /** Nothing is under way and nobody waits. */
  get idle(): boolean {
    return this.learner.inFlight === 0 && this.#room.size === 0;
  }

  /** Sends the call now if it may go; returns its number, or 0 if it must wait. */
  sendNow(now: number): number {
    return this.#room.size === 0 && this.learner.admit(now, false) ? this.learner.sent : 0;
  }

  /** Waits until the call may go; a retry before any first attempt. */
  waitForTurn(context: CallContext): Promise<Turn> {
    const othersWait = this.#room.size > 0;
    const turn = this.#room.enter(context, { priority: context.attempt > 1 ? retries : firstAttempts });
    this.pump(othersWait);
    return turn;
  }

  learn(outcome: Outcome, number: number, sentAt: number, now: number): void {
    const { learner } = this;
    const wasOut = learner.inOutage;
    if (outcome === "answered") learner.answered(number, sentAt, now);
    else if (outcome === "throttled") learner.throttled(number, sentAt, now);
    else if (outcome === "failed") learner.failed(number, now);
    else learner.unsent(number);
    if (this.#room.size > 0) this.pump(true);
    if (wasOut && !learner.inOutage) this.#onRecover();
  }

  /** Another scope has recovered: what took it down may have taken this one down too, and be over. */
  probeNow(): void {
    this.learner.probeNow(this.#clock.monotonic());
    if (this.#room.size > 0) this.pump(true);
  }

  /** Sends whatever may go, and sees to it that the next is sent when it may. */
  pump(waited: boolean): void {
    const now = this.#clock.monotonic();
    while (this.#room.size > 0) {
      const probing = this.learner.probing;
      if (!this.learner.admit(now, waited)) break;
      // A probe is likely to fail: it should cost an attempt to a call that has most of them left.
      if (probing) this.#room.admitLowest(this.learner.sent);
      else this.#room.admitFirst(this.learner.sent);
    }
    if (this.#room.size === 0) this.#stopTimer();
    else this.#wakeIn(this.learner.readyInMs(now), now);
  }

  snapshot(): LimiterSnapshot {
    const { perSecond, inFlight } = this.learner;
    return {
      perSecond: perSecond === Number.POSITIVE_INFINITY ? undefined : perSecond,
      inFlight,
      waiting: this.#room.size,
      longestWaitMs: this.#room.longestWaitMs(),
    };
  }

  #wakeIn(readyInMs: number, now: number): void {
    if (readyInMs === Number.POSITIVE_INFINITY) {
      this.#stopTimer();
      return;
    }
    // Timers count whole milliseconds, and one that came too soon would only have to be set again.
    const delayMs = Math.max(1, Math.ceil(readyInMs));
    const at = now + delayMs;
    if (this.#timer !== undefined && Math.abs(this.#timerAt - at) < 1) return;
    this.#stopTimer();
    this.#timerAt = at;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.pump(true);
    }, delayMs);
  }

  #quietWhenEmpty(): void {
    if (this.#room.size === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
