import { OptionError } from "@holdfast/errors";
import {
  assertFunction,
  assertNumber,
  CallContext,
  type Clock,
  type ComposablePolicy,
  type Event,
  longestDelayMs,
  type Next,
  systemClock,
  type Timer,
} from "@holdfast/errors/policy";
import { assertLimit, assertWaitMs } from "./assert-limit.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { LimiterPolicy } from "./limiter-policy.ts";
import { TokenBucket } from "./token-bucket.ts";
import { WaitingRoom } from "./waiting-room.ts";

export interface RateLimiterOptions {
  /** For errors and metrics. Default `"rate-limiter"`. */
  readonly name?: string | undefined;
  /** Calls, or tokens, per second. Any number > 0. */
  readonly perSecond: number;
  /** Tokens kept for a burst: how many calls may go at once after a quiet time. Number ≥ 1. Default 1. */
  readonly burst?: number | undefined;
  /** Calls that may wait. Integer ≥ 0 or `Infinity`. Default 100,000; 0 refuses instead of waiting. */
  readonly maxQueued?: number | undefined;
  /** Longest wait, in milliseconds. A call that would wait longer is refused at once. Default `Infinity`. */
  readonly maxWaitMs?: number | undefined;
  /** Tokens that a call takes; from 0 to `burst`. Default: 1 for each. */
  readonly cost?: ((context: CallContext) => number) | undefined;
  readonly clock?: Clock | undefined;
}

/** Tokens set aside for work that this limiter does not run. */
export interface Reservation {
  /** When they may be used, in milliseconds from when they were reserved; 0 if at once. */
  readonly waitMs: number;
  /** Gives them back, once. */
  cancel(): void;
}

export interface RateLimiter extends ComposablePolicy {
  readonly kind: "rate-limiter";
  readonly name: string;
  readonly onAdmit: Event<AdmitEvent>;
  readonly onReject: Event<RejectEvent>;
  /** Takes tokens if they are there and nobody waits. */
  tryTake(cost?: number): boolean;
  /**
   * Takes tokens ahead of time, in turn behind those who wait, and says how long until they are there: at most,
   * for someone before it may give up. Throws a `LimitReachedError` where a call would be refused.
   */
  reserve(cost?: number): Reservation;
  snapshot(): LimiterSnapshot;
}

/**
 * Lets calls through at a rate you know; the rest wait, first come, first served.
 *
 * A token bucket: `perSecond` tokens come in evenly, up to `burst` are kept. Since every wait can be foretold, a call
 * that would wait longer than `maxWaitMs`, or beyond its deadline, is refused at once with a `LimitReachedError`
 * whose `retryAfterMs` says when it would have been its turn.
 *
 * @throws OptionError if an option is wrong.
 */
export function rateLimiter(options: RateLimiterOptions): RateLimiter {
  return new RateLimiterPolicy(options);
}

class RateLimiterPolicy extends LimiterPolicy implements RateLimiter {
  readonly kind = "rate-limiter";
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #maxWaitMs: number;
  readonly #costOf: ((context: CallContext) => number) | undefined;
  readonly #bucket: TokenBucket;
  readonly #room: WaitingRoom;
  #inFlight = 0;
  #timer: Timer | undefined;

  constructor({
    name = "rate-limiter",
    perSecond,
    burst = 1,
    maxQueued = 100_000,
    maxWaitMs = Number.POSITIVE_INFINITY,
    cost,
    clock = systemClock,
  }: RateLimiterOptions) {
    super(name, clock);
    assertNumber("perSecond", perSecond, { min: Number.MIN_VALUE });
    assertNumber("burst", burst, { min: 1 });
    assertLimit("maxQueued", maxQueued);
    assertWaitMs("maxWaitMs", maxWaitMs);
    if (cost !== undefined) assertFunction("cost", cost);
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#maxWaitMs = maxWaitMs;
    this.#costOf = cost;
    this.#bucket = new TokenBucket(perSecond, burst, clock.monotonic());
    this.#room = new WaitingRoom({
      name,
      maxQueued,
      maxWaitMs,
      clock,
      onRefuse: this.refused,
      onLeave: () => this.#pump(),
    });
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    if (this.#costOf !== undefined || !this.tryTake()) return this.#payAndRun(context, next);
    this.admitted(0, context.call);
    return this.#runCounted(context, next);
  }

  tryTake(cost = 1): boolean {
    return this.#room.size === 0 && this.#bucket.take(this.#checked(cost), this.clock.monotonic());
  }

  reserve(cost = 1): Reservation {
    if (this.tryTake(cost)) return { waitMs: 0, cancel: once(() => this.#giveBack(cost)) };
    const waitMs = this.#waitMs(cost, this.clock.monotonic());
    const context = CallContext.root().cancellable();
    this.#refuseIfTooLong(context, waitMs);
    const turn = this.#room.enter(context, { cost, neverExpires: true });
    this.#pump();
    turn.catch(() => {}); // it was cancelled: nobody waits for it
    const cancel = once(() => {
      context.cancel(undefined); // leaves the queue if it still stands there
      turn.then(
        () => this.#giveBack(cost),
        () => {},
      );
    });
    return { waitMs, cancel };
  }

  snapshot(): LimiterSnapshot {
    return {
      perSecond: this.#perSecond,
      inFlight: this.#inFlight,
      waiting: this.#room.size,
      longestWaitMs: this.#room.longestWaitMs(),
    };
  }

  async #payAndRun<T>(context: CallContext, next: Next<T>): Promise<T> {
    const cost = this.#costOf === undefined ? 1 : this.#checked(this.#costOf(context));
    if (this.tryTake(cost)) this.admitted(0, context.call);
    else await this.#waitForTokens(context, cost);
    return this.#runCounted(context, next);
  }

  #runCounted<T>(context: CallContext, next: Next<T>): Promise<T> {
    this.#inFlight += 1;
    return this.run(context, next, this.#release);
  }

  async #waitForTokens(context: CallContext, cost: number): Promise<void> {
    this.#refuseIfTooLong(context, this.#waitMs(cost, this.clock.monotonic()));
    const turn = this.#room.enter(context, { cost, neverExpires: true });
    this.#pump();
    const { waitedMs } = await turn;
    if (context.aborted) {
      this.#giveBack(cost);
      throw context.reason;
    }
    this.admitted(waitedMs, context.call);
  }

  readonly #release = (): void => {
    this.#inFlight -= 1;
  };

  #giveBack(cost: number): void {
    this.#bucket.giveBack(cost, this.clock.monotonic());
    this.#pump();
  }

  #refuseIfTooLong(context: CallContext, waitMs: number): void {
    if (context.aborted) throw context.reason;
    if (this.#room.full) throw this.#room.refusal("queue-full", 0, waitMs);
    if (waitMs > this.#maxWaitMs) throw this.#room.refusal("waited-too-long", 0, waitMs);
    if (context.deadline !== undefined && this.clock.now() + waitMs > context.deadline) {
      throw this.#room.refusal("deadline", 0, waitMs);
    }
  }

  // Everyone who waits comes first.
  #waitMs(cost: number, now: number): number {
    return this.#bucket.readyInMs(this.#room.cost + cost, now);
  }

  #pump(): void {
    const now = this.clock.monotonic();
    let first = this.#room.first;
    while (first !== undefined && this.#bucket.take(first.cost, now)) {
      this.#room.admitFirst();
      first = this.#room.first;
    }
    if (this.#timer !== undefined) this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (first === undefined) return;
    const delayMs = Math.max(1, Math.ceil(this.#bucket.readyInMs(first.cost, now)));
    this.#timer = this.clock.setTimeout(() => this.#pump(), Math.min(delayMs, longestDelayMs));
  }

  #checked(cost: number): number {
    if (!(cost >= 0 && cost <= this.#burst)) {
      throw new OptionError("cost", `a number from 0 to the burst of ${this.#burst}`, cost);
    }
    return cost;
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
