import {
  assertDelayMs,
  CallContext,
  type Clock,
  type ComposablePolicy,
  type Event,
  executeSpread,
  type FailureEvent,
  failSoon,
  type Inside,
  type Next,
  type OptionTable,
  promised,
  readOptions,
  type SuccessEvent,
  systemClock,
  theFunction,
} from "@holdfast/errors/policy";
import { ambientRetry } from "./ambient-retry.ts";
import type { LateResultEvent } from "./retry-events.ts";
import { refuse, TimedCall, TimedCallKit, type TimeoutEvent } from "./timed-call.ts";

export { TimeoutError } from "@holdfast/errors";

export interface TimeoutOptions {
  /** What a call may take, in milliseconds; less if the deadline of the call around it is nearer. 0 to 2^31 − 1. */
  readonly timeoutMs: number;
  /** Names the policy in messages and metrics. Default `"timeout"`. */
  readonly name?: string | undefined;
  /** Default: the system's. Tests pass a manual clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Gives a call up when it takes too long: rejects with a `TimeoutError`, and aborts the signal of what
 * runs inside. A caller's abort rejects with the caller's reason, and is no timeout.
 *
 * @throws OptionError if an option is out of range.
 */
export function timeout(options: TimeoutOptions): TimeoutPolicy {
  return new TimeoutPolicy(options);
}

const optionTable: OptionTable<TimeoutOptions> = {
  timeoutMs: [undefined, assertDelayMs],
  name: ["timeout"],
  clock: [systemClock],
};

/** What `timeout()` returns. All its calls share one timer. */
export class TimeoutPolicy implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly kind = "timeout";
  readonly name: string;
  readonly timeoutMs: number;
  /** When a call ends in time. */
  readonly onSuccess: Event<SuccessEvent>;
  /** When a call fails, by itself or by the timeout; `handled` says which. */
  readonly onFailure: Event<FailureEvent>;
  /** When a call is given up by this policy; not when its caller aborts. */
  readonly onTimeout: Event<TimeoutEvent>;
  /** When a call settles that was given up. */
  readonly onLateResult: Event<LateResultEvent>;
  readonly #kit: TimedCallKit;
  readonly #alone: Inside;

  constructor(options: TimeoutOptions) {
    const { timeoutMs, name, clock } = readOptions("timeout()", options, optionTable);
    this.timeoutMs = timeoutMs;
    this.name = name;
    this.#kit = new TimedCallKit(clock);
    this.#alone = this.around(theFunction);
    this.onSuccess = this.#kit.success.event;
    this.onFailure = this.#kit.failure.event;
    this.onTimeout = this.#kit.timeout.event;
    this.onLateResult = this.#kit.lateResult.event;
  }

  /** Runs `fn`, with a signal that aborts at the timeout. */
  execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length < 2) return this.executeWithin(CallContext.plain(0), fn);
    return executeSpread(this.#alone, fn, signal);
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    return promised(this.#alone, context, next);
  }

  around(inside: Inside): Inside {
    return {
      notesTime: this.#kit.clock === systemClock,
      begin: (context, fn, settler) => {
        if (context.aborted) {
          failSoon(settler, context.reason);
          return;
        }
        const allowedMs = this.#allowedMs(context.deadline, ambientRetry()?.deadline);
        if (allowedMs < 0) refuse(this.#kit, context, settler);
        else new TimedCall(this.#kit, context, settler, allowedMs).run(inside, fn);
      },
    };
  }

  /** What is left of the nearer deadline, if that is less than the limit; negative if the deadline has passed. */
  #allowedMs(own: number | undefined, around: number | undefined): number {
    if (own === undefined && around === undefined) return this.timeoutMs;
    const leftMs = Math.min(own ?? Infinity, around ?? Infinity) - this.#kit.clock.now();
    if (leftMs <= 0) return -1;
    return leftMs < this.timeoutMs ? leftMs : this.timeoutMs; // so that what is no number is no deadline
  }
}
