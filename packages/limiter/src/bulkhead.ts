import {
  assertFunction,
  assertInteger,
  type CallContext,
  type Clock,
  type ComposablePolicy,
  type Event,
  type Next,
  systemClock,
} from "@holdfast/errors/policy";
import { assertLimit, assertWaitMs } from "./assert-limit.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { LimiterPolicy } from "./limiter-policy.ts";
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

class BulkheadPolicy extends LimiterPolicy implements Bulkhead {
  readonly kind = "bulkhead";
  readonly #maxConcurrent: number;
  readonly #priority: ((context: CallContext) => number) | undefined;
  readonly #room: WaitingRoom;
  #inFlight = 0;

  constructor({
    name = "bulkhead",
    maxConcurrent,
    maxQueued = 0,
    maxWaitMs = Number.POSITIVE_INFINITY,
    priority,
    clock = systemClock,
  }: BulkheadOptions) {
    super(name, clock);
    assertInteger("maxConcurrent", maxConcurrent, { min: 1 });
    assertLimit("maxQueued", maxQueued);
    assertWaitMs("maxWaitMs", maxWaitMs);
    if (priority !== undefined) assertFunction("priority", priority);
    this.#maxConcurrent = maxConcurrent;
    this.#priority = priority;
    this.#room = new WaitingRoom({ name, maxQueued, maxWaitMs, clock, onRefuse: this.refused });
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    if (this.#inFlight >= this.#maxConcurrent) return this.#waitAndRun(context, next);
    this.#inFlight += 1;
    this.admitted(0, context.call);
    return this.run(context, next, this.#release);
  }

  snapshot(): LimiterSnapshot {
    return {
      perSecond: undefined,
      inFlight: this.#inFlight,
      waiting: this.#room.size,
      longestWaitMs: this.#room.longestWaitMs(),
    };
  }

  async #waitAndRun<T>(context: CallContext, next: Next<T>): Promise<T> {
    const { waitedMs } = await this.#room.enter(context, { priority: this.#priority?.(context) });
    if (context.aborted) {
      this.#release();
      throw context.reason;
    }
    this.admitted(waitedMs, context.call);
    return this.run(context, next, this.#release);
  }

  // The place is handed over where it becomes free, so that no newcomer slips in before the one it was given to.
  readonly #release = (): void => {
    if (this.#room.size === 0) this.#inFlight -= 1;
    else this.#room.admitFirst();
  };
}
