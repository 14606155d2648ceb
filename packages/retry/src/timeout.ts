import {
  assertDelayMs,
  type CallContext,
  type CallDetails,
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
import { DueList } from "./due-list.ts";
import type { LateResultEvent } from "./retry-events.ts";
import { TimeoutError } from "./timeout-error.ts";

export interface TimeoutOptions {
  /** What a call may take, in milliseconds; less if the deadline of the call around it is nearer. 0 to 2^31 − 1. */
  readonly timeoutMs: number;
  /** Names the policy in messages and metrics. Default `"timeout"`. */
  readonly name?: string | undefined;
  /** Default: the system's. Tests pass a manual clock. */
  readonly clock?: Clock | undefined;
}

export interface TimeoutEvent {
  /** What the call was allowed, in milliseconds. */
  readonly timeoutMs: number;
  readonly call: CallDetails | undefined;
}

/**
 * Gives a call up when it takes too long: rejects with a {@link TimeoutError}, and aborts the signal of what
 * runs inside. A caller's abort rejects with the caller's reason, and is no timeout.
 *
 * @throws OptionError if an option is out of range.
 */
export function timeout(options: TimeoutOptions): TimeoutPolicy {
  return new TimeoutPolicy(options);
}

/** What `timeout()` returns. All its calls share one timer. */
export class TimeoutPolicy implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly kind = "timeout";
  readonly name: string;
  readonly timeoutMs: number;
  readonly #success = new Emitter<SuccessEvent>();
  readonly #failure = new Emitter<FailureEvent>();
  readonly #timeout = new Emitter<TimeoutEvent>();
  readonly #lateResult = new Emitter<LateResultEvent>();
  /** When a call ends in time. */
  readonly onSuccess: Event<SuccessEvent> = this.#success.event;
  /** When a call fails, by itself or by the timeout; `handled` says which. */
  readonly onFailure: Event<FailureEvent> = this.#failure.event;
  /** When a call is given up by this policy; not when its caller aborts. */
  readonly onTimeout: Event<TimeoutEvent> = this.#timeout.event;
  /** When a call settles that was given up. */
  readonly onLateResult: Event<LateResultEvent> = this.#lateResult.event;
  /** Runs `fn`, with a signal that aborts at the timeout. */
  readonly execute: <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T>;
  readonly #clock: Clock;
  readonly #due: DueList;

  constructor({ timeoutMs, name = "timeout", clock = systemClock }: TimeoutOptions) {
    assertDelayMs("timeoutMs", timeoutMs);
    this.timeoutMs = timeoutMs;
    this.name = name;
    this.#clock = clock;
    this.#due = new DueList(clock);
    this.execute = executeOf(this);
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const inner = context.cancellable();
      const allowedMs = this.#allowedMs(context);
      const startedAt = this.#watched ? this.#clock.monotonic() : 0;
      const entry = this.#due.add(allowedMs, () => {
        const error = new TimeoutError(allowedMs);
        reject(error);
        this.#expire(inner, error, startedAt);
      });
      let running: PromiseLike<T>;
      try {
        const result = next(inner);
        running = result instanceof Promise ? result : Promise.resolve(result);
      } catch (error) {
        running = Promise.reject(error);
      }
      running.then(
        (value) => {
          if (!this.#due.remove(entry)) this.#reportLate({ value }, context);
          else if (this.#success.active) this.#success.emit({ duration: this.#clock.monotonic() - startedAt });
          resolve(value);
        },
        (error: unknown) => {
          if (!this.#due.remove(entry)) this.#reportLate({ error }, context);
          else this.#reportFailure(error, false, startedAt);
          reject(error);
        },
      );
    });
  }

  get #watched(): boolean {
    return this.#success.active || this.#failure.active;
  }

  #allowedMs({ deadline }: CallContext): number {
    if (deadline === undefined) return this.timeoutMs;
    return Math.max(0, Math.min(this.timeoutMs, deadline - this.#clock.now()));
  }

  #expire(inner: CallContext, error: TimeoutError, startedAt: number): void {
    if (inner.aborted) return; // the caller was quicker, and the call has its reason
    inner.cancel(error);
    if (this.#timeout.active) this.#timeout.emit({ timeoutMs: error.timeoutMs, call: inner.call });
    this.#reportFailure(error, true, startedAt);
  }

  #reportFailure(error: unknown, handled: boolean, startedAt: number): void {
    if (!this.#failure.active) return;
    this.#failure.emit({ duration: this.#clock.monotonic() - startedAt, handled, reason: { error } });
  }

  #reportLate(outcome: LateResultEvent["outcome"], { attempt, call }: CallContext): void {
    if (this.#lateResult.active) this.#lateResult.emit({ attempt, outcome, call });
  }
}
