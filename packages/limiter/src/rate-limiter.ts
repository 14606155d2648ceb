import { OptionError } from "@holdfast/errors";
import {
  assertFunction,
  assertNumber,
  CallContext,
  type Clock,
  type ComposablePolicy,
  type Event,
  type OptionTable,
  readOptions,
  type Settings,
} from "@holdfast/errors/policy";
import type { Limit, Turn, Wish } from "./limit.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { OneRoomPolicy } from "./one-room-policy.ts";
import type { Outcome } from "./outcome.ts";
import { TokenBucket } from "./token-bucket.ts";
import { waitingOptions } from "./waiting-room.ts";

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
  return new RateLimiterPolicy(readOptions("rateLimiter()", options, optionTable));
}

const optionTable: OptionTable<RateLimiterOptions> = {
  name: ["rate-limiter"],
  perSecond: [undefined, (option, value) => assertNumber(option, value, { min: Number.MIN_VALUE })],
  burst: [1, (option, value) => assertNumber(option, value, { min: 1 })],
  ...waitingOptions,
  cost: [() => 1, assertFunction],
};

class RateLimiterPolicy extends OneRoomPolicy<Tokens> implements RateLimiter {
  readonly kind = "rate-limiter";
  readonly #settings: Settings<RateLimiterOptions>;

  constructor(settings: Settings<RateLimiterOptions>) {
    super(new Tokens(settings), settings);
    this.#settings = settings;
  }

  tryTake(cost = 1): boolean {
    return this.#take(this.#wish(cost));
  }

  reserve(cost = 1): Reservation {
    const wish = this.#wish(cost);
    const waitMs = this.room.foretellMs(wish) ?? 0;
    let [taken, cancelled] = [this.#take(wish), false];
    const context = CallContext.root().cancellable();
    const onTaken = () => {
      this.room.limit.inFlight -= 1; // it runs elsewhere
      taken = true;
      if (cancelled) this.#giveBack(wish);
    };
    if (!taken) this.room.enter(context, wish).then(onTaken, () => {}); // rejects where it is cancelled
    const cancel = () => {
      if (taken && !cancelled) this.#giveBack(wish);
      cancelled = true;
      context.cancel(undefined); // leaves the queue if it still stands there
    };
    return { waitMs, cancel };
  }

  protected override wishOf(context: CallContext): Wish {
    return this.#wish(this.#settings.cost(context));
  }

  #wish(cost: number): Wish {
    const { burst } = this.#settings;
    if (!(cost >= 0 && cost <= burst)) throw new OptionError("cost", `a number from 0 to the burst of ${burst}`, cost);
    return { priority: 0, cost };
  }

  #take(wish: Wish): boolean {
    const taken = this.room.admitNow(wish) !== undefined;
    if (taken) this.room.limit.inFlight -= 1; // it runs elsewhere
    return taken;
  }

  #giveBack(wish: Wish): void {
    this.room.limit.giveBack(wish);
    this.room.pump();
  }
}

/** A token bucket, and how many calls run on its tokens. */
class Tokens extends TokenBucket implements Limit {
  readonly perSecond: number;
  readonly foretells = true;
  inFlight = 0;

  constructor({ perSecond, burst, clock }: Settings<RateLimiterOptions>) {
    super(clock.monotonic(), perSecond, burst);
    this.perSecond = perSecond;
  }

  admit(now: number, _waited: boolean, wish: Wish): number {
    if (!this.take(now, wish)) return 0;
    this.inFlight += 1;
    return 1;
  }

  end(outcome: Outcome, { wish }: Turn): void {
    this.inFlight -= 1;
    if (outcome === "unsent") this.giveBack(wish);
  }
}
