import {
  assertFunction,
  assertInteger,
  type CallContext,
  type Clock,
  type ComposablePolicy,
  Emitter,
  type Event,
  executeOf,
  type FailureEvent,
  type Next,
  type SuccessEvent,
  systemClock,
} from "@holdfast/errors/policy";
import { assertLimit, assertWaitMs } from "./assert-limit.ts";
import type { RefusalReason } from "./limit-reached-error.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { WaitingRoom } from "./waiting-room.ts";

export interface BulkheadOptions {
  /** For errors and metrics. Default `"bulkhead"`. */
  readonly name?: string | undefined;
  /** Calls that may be in flight at once. Integer ≥ 1. */
  readonly maxConcurrent: number;
  /** Calls that may wait for a place. Integer ≥ 0 or `Infinity`. Default 0: a call that finds no place is refused. */
  readonly maxQueued?: number | undefined;
  /** Longest wait, in milliseconds. Default `Infinity`. */
  readonly maxWaitMs?: number | undefined;
  /** Calls of a higher priority leave the queue first; an integer. Default: all are 0. */
  readonly priority?: ((context: CallContext) => number) | undefined;
  readonly clock?: Clock | undefined;
}

export interface Bulkhead extends ComposablePolicy {
  readonly kind: "bulkhead";
  readonly name: string;
  readonly onAdmit: Event<AdmitEvent>;
  readonly onReject: Event<RejectEvent>;
  snapshot(): LimiterSnapshot;
}

/**
 * Keeps the number of calls in flight within a limit; the rest wait, first come, first served.
 *
 * A call once accepted into the queue is never evicted for another, and leaves it the moment its signal aborts.
 * Rejects with a `LimitReachedError` when the queue is full, or the wait longer than `maxWaitMs` or the deadline.
 * A call that its caller gave up keeps its place until its function settles: the work is still there.
 *
 * @throws OptionError if an option is wrong.
 */
export function bulkhead(options: BulkheadOptions): Bulkhead {
  return new BulkheadPolicy(options);
}

class BulkheadPolicy implements Bulkhead {
  declare readonly _altReturn: never;
  readonly kind = "bulkhead";
  readonly name: string;
  readonly #maxConcurrent: number;
  readonly #priority: ((context: CallContext) => number) | undefined;
  readonly #clock: Clock;
  readonly #room: WaitingRoom;
  readonly #success = new Emitter<SuccessEvent>();
  readonly #failure = new Emitter<FailureEvent>();
  readonly #admit = new Emitter<AdmitEvent>();
  readonly #reject = new Emitter<RejectEvent>();
  #inFlight = 0;

  readonly onSuccess: Event<SuccessEvent> = this.#success.event;
  readonly onFailure: Event<FailureEvent> = this.#failure.event;
  readonly onAdmit: Event<AdmitEvent> = this.#admit.event;
  readonly onReject: Event<RejectEvent> = this.#reject.event;

  constructor(options: BulkheadOptions) {
    const { name = "bulkhead", maxConcurrent, maxQueued = 0, maxWaitMs = Number.POSITIVE_INFINITY, priority } = options;
    assertInteger("maxConcurrent", maxConcurrent, { min: 1 });
    assertLimit("maxQueued", maxQueued);
    assertWaitMs("maxWaitMs", maxWaitMs);
    if (priority !== undefined) assertFunction("priority", priority);
    this.name = name;
    this.#maxConcurrent = maxConcurrent;
    this.#priority = priority;
    this.#clock = options.clock ?? systemClock;
    this.#room = new WaitingRoom({
      name,
      maxQueued,
      maxWaitMs,
      clock: this.#clock,
      onRefuse: (reason: RefusalReason) => this.#reject.emit({ reason }),
    });
  }

  readonly execute: <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T> = executeOf(this);

  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    if (this.#inFlight >= this.#maxConcurrent) await this.#waitForPlace(context);
    else {
      this.#inFlight += 1;
      if (this.#admit.active) this.#admit.emit({ waitedMs: 0, call: context.call });
    }
    const startedAt = this.#clock.monotonic();
    try {
      const value = await next(context);
      if (this.#success.active) this.#success.emit({ duration: this.#clock.monotonic() - startedAt });
      return value;
    } catch (error) {
      if (this.#failure.active) {
        this.#failure.emit({ duration: this.#clock.monotonic() - startedAt, handled: false, reason: { error } });
      }
      throw error;
    } finally {
      this.#release();
    }
  }

  snapshot(): LimiterSnapshot {
    return {
      perSecond: undefined,
      inFlight: this.#inFlight,
      waiting: this.#room.size,
      longestWaitMs: this.#room.longestWaitMs(),
    };
  }

  // The place is handed over where it becomes free, so that no newcomer slips in before the one it was given to.
  async #waitForPlace(context: CallContext): Promise<void> {
    const { waitedMs } = await this.#room.enter(context, { priority: this.#priority?.(context) });
    if (context.aborted) {
      this.#release();
      throw context.reason;
    }
    if (this.#admit.active) this.#admit.emit({ waitedMs, call: context.call });
  }

  #release(): void {
    if (this.#room.size === 0) this.#inFlight -= 1;
    else this.#room.admitFirst();
  }
}
