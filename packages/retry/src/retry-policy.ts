import {
  CallContext,
  type ComposablePolicy,
  clearReading,
  type Event,
  executeSpread,
  type FailureEvent,
  type Next,
  notedReading,
  type SuccessEvent,
  systemClock,
} from "@holdfast/errors/policy";
import { ambientRetry } from "./ambient-retry.ts";
import { refuseIterator } from "./refuse-iterator.ts";
import {
  type AttemptEvent,
  type GiveUpEvent,
  type LateResultEvent,
  RetryEmitters,
  type RetryEvent,
} from "./retry-events.ts";
import type { RetryOptions } from "./retry-options.ts";
import { RetryRun } from "./retry-run.ts";
import { type RetrySettings, retrySettings } from "./retry-settings.ts";

/** What `retry()` returns. */
export class RetryPolicy implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly kind = "retry";
  readonly name: string;
  /** Calls made in all, the first included. */
  readonly maxAttempts: number;
  /** Once a call that succeeds, with the duration of the whole call: its attempts and pauses. */
  readonly onSuccess: Event<SuccessEvent>;
  /** At each attempt that fails, with the duration of that attempt. */
  readonly onFailure: Event<FailureEvent>;
  /** Before each attempt. */
  readonly onAttempt: Event<AttemptEvent>;
  /** Once a retry is decided, before the pause. */
  readonly onRetry: Event<RetryEvent>;
  /** When no further attempt is made though the last one failed. */
  readonly onGiveUp: Event<GiveUpEvent>;
  /** When an attempt settles that was abandoned at an abort. */
  readonly onLateResult: Event<LateResultEvent>;
  readonly #settings: RetrySettings;
  readonly #emitters: RetryEmitters;

  constructor(options: RetryOptions) {
    this.#settings = retrySettings(options);
    this.#emitters = new RetryEmitters();
    this.name = this.#settings.name;
    this.maxAttempts = this.#settings.maxAttempts;
    this.onSuccess = this.#emitters.success.event;
    this.onFailure = this.#emitters.failure.event;
    this.onAttempt = this.#emitters.attempt.event;
    this.onRetry = this.#emitters.retry.event;
    this.onGiveUp = this.#emitters.giveUp.event;
    this.onLateResult = this.#emitters.lateResult.event;
    if (options.onRetry !== undefined) this.onRetry(options.onRetry);
    if (options.onGiveUp !== undefined) this.onGiveUp(options.onGiveUp);
  }

  /** Runs `fn` until it succeeds, may not be repeated, or the policy gives up. */
  execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length < 2) return this.executeWithin(CallContext.plain(1), fn);
    return executeSpread<T, never>(this, fn, signal);
  }

  executeWithin<T>(context: CallContext, next: Next<T>, timedInside?: boolean): Promise<T> {
    const settings = this.#settings;
    const isPlain =
      settings.plain &&
      context.deadline === undefined &&
      !this.#emitters.followsSuccess &&
      ambientRetry() === undefined &&
      !context.aborted;
    if (!isPlain) return new RetryRun(settings, this.#emitters, context, next).start();
    // Nothing is set up for a failure that does not come.
    if (timedInside === true && settings.clock === systemClock) return this.#timedInside(context, next);
    const { abortable } = context; // asked first: it is true once the function has read the signal
    const startedAt = settings.clock.now();
    const result = firstAttempt(next, context.withAttempt(1));
    if (abortable) return unlessAbandoned(context, result, () => this.#begun(context, next, startedAt));
    return result.then(undefined, (error) => this.#begun(context, next, startedAt).resume(error));
  }

  /** The same where a policy inside reads the clock anyway, before the function runs. */
  #timedInside<T>(context: CallContext, next: Next<T>): Promise<T> {
    const { abortable } = context;
    const around = clearReading();
    const result = firstAttempt(next, context.withAttempt(1));
    const monotonicMs = notedReading(around);
    if (abortable) return unlessAbandoned(context, result, () => this.#begun(context, next, epochMs(monotonicMs)));
    return result.then(undefined, (error) => this.#begun(context, next, epochMs(monotonicMs)).resume(error));
  }

  /** The run of a call whose first attempt was made without one. */
  #begun<T>(context: CallContext, next: Next<T>, startedAt: number): RetryRun<T> {
    return new RetryRun(this.#settings, this.#emitters, context, next, startedAt);
  }
}

/** When the system's monotonic clock said this, in whole milliseconds since the epoch: at most one off. */
function epochMs(monotonicMs: number): number {
  return Math.ceil(systemClock.now() - (systemClock.monotonic() - monotonicMs));
}

/** The result of a first attempt that may be given up while it runs. */
function unlessAbandoned<T>(context: CallContext, result: Promise<T>, begin: () => RetryRun<T>): Promise<T> {
  let abandoned: RetryRun<T> | undefined;
  const abandon = (reason: unknown) => {
    abandoned = begin();
    abandoned.abandonFirst(reason);
  };
  context.onAbort(abandon);
  return result.then(
    (value) => {
      if (abandoned === undefined) context.offAbort(abandon);
      else abandoned.reportLate({ value });
      return value;
    },
    (error: unknown) => {
      if (abandoned === undefined) {
        context.offAbort(abandon);
        return begin().resume(error);
      }
      abandoned.reportLate({ error });
      throw error;
    },
  );
}

function firstAttempt<T>(next: Next<T>, context: CallContext): Promise<T> {
  try {
    const result = next(context);
    if (result instanceof Promise) return result;
    return isThenable(result) ? Promise.resolve(result) : refuseIterator(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

function isThenable<T>(value: PromiseLike<T> | T): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}
