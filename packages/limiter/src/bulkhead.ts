import {
  assertFunction,
  atLeastOne,
  type CallContext,
  type Clock,
  type ComposablePolicy,
  countOrInfinity,
  type Event,
  type OptionTable,
  readOptions,
  type Settings,
} from "@holdfast/errors/policy";
import type { Limit, Wish } from "./limit.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { OneRoomPolicy } from "./one-room-policy.ts";
import { waitingOptions } from "./waiting-room.ts";

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
  return new BulkheadPolicy(readOptions("bulkhead()", options, optionTable));
}

const optionTable: OptionTable<BulkheadOptions> = {
  name: ["bulkhead"],
  maxConcurrent: [undefined, atLeastOne],
  ...waitingOptions,
  maxQueued: [0, countOrInfinity],
  priority: [() => 0, assertFunction],
};

class BulkheadPolicy extends OneRoomPolicy<Places> implements Bulkhead {
  readonly kind = "bulkhead";
  readonly #priority: (context: CallContext) => number;

  constructor(settings: Settings<BulkheadOptions>) {
    super(new Places(settings.maxConcurrent), settings);
    this.#priority = settings.priority;
  }

  protected override wishOf(context: CallContext): Wish {
    return { priority: this.#priority(context), cost: 1 };
  }
}

/** So many calls in flight, and no more. */
class Places implements Limit {
  readonly #max: number;
  inFlight = 0;

  constructor(max: number) {
    this.#max = max;
  }

  admit(): number {
    if (this.inFlight >= this.#max) return 0;
    this.inFlight += 1;
    return 1;
  }

  readyInMs(): number {
    return Infinity;
  }

  end(): void {
    this.inFlight -= 1;
  }
}
