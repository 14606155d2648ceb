import {
  CallContext,
  type ComposablePolicy,
  type Event,
  executeSpread,
  type FailureEvent,
  follow,
  type Inside,
  type Next,
  nextOf,
  type Settler,
  type SuccessEvent,
  settle,
  theFunction,
} from "@holdfast/errors/policy";
import { ambientRetry } from "./ambient-retry.ts";
import { FirstAttempt } from "./first-attempt.ts";
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
  readonly #emitters = new RetryEmitters();
  /** Calls made in all, the first included. */
  readonly maxAttempts: number;
  /** Once a call that succeeds, with the duration of the whole call: its attempts and pauses. */
  readonly onSuccess: Event<SuccessEvent> = this.#emitters.success.event;
  /** At each attempt that fails, with the duration of that attempt. */
  readonly onFailure: Event<FailureEvent> = this.#emitters.failure.event;
  /** Before each attempt. */
  readonly onAttempt: Event<AttemptEvent> = this.#emitters.attempt.event;
  /** Once a retry is decided, before the pause. */
  readonly onRetry: Event<RetryEvent> = this.#emitters.retry.event;
  /** When no further attempt is made though the last one failed. */
  readonly onGiveUp: Event<GiveUpEvent> = this.#emitters.giveUp.event;
  /** When an attempt settles that was abandoned at an abort. */
  readonly onLateResult: Event<LateResultEvent> = this.#emitters.lateResult.event;
  readonly #settings: RetrySettings;
  readonly #alone: Inside = this.around(theFunction);

  constructor(options: RetryOptions) {
    this.#settings = retrySettings(options, this.#emitters);
    this.name = this.#settings.name;
    this.maxAttempts = this.#settings.maxAttempts;
    if (options.onRetry !== undefined) this.onRetry(options.onRetry);
    if (options.onGiveUp !== undefined) this.onGiveUp(options.onGiveUp);
  }

  /** Runs `fn` until it succeeds, may not be repeated, or the policy gives up. */
  execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length > 1) return executeSpread(this.#alone, fn, signal);
    const context = CallContext.plain(1);
    return this.#asksNothing() ? this.#first(context, fn) : this.#runWhole(context, fn);
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    if (!this.#isPlain(context)) return this.#runWhole(context, next);
    if (context.abortable) {
      return new Promise((resolve, reject) => {
        this.#beginFirst(context, theFunction, next, { succeed: resolve, fail: reject });
      });
    }
    return this.#first(context.withAttempt(1), next);
  }

  /** The first attempt of a call that nobody can give up: nothing is set up for a failure that does not come. */
  #first<T>(context: CallContext, next: Next<T>): Promise<T> {
    const startedAt = this.#settings.clock.now();
    return settle(next, context).then(undefined, (error) =>
      new RetryRun(this.#settings, context, next, startedAt).run({ error }),
    );
  }

  around(inside: Inside): Inside {
    const { notesTime } = inside;
    // Where the time is noted inside, the way that takes the note is the shorter one.
    const isShorter = inside.run !== undefined && !notesTime;
    return {
      notesTime,
      run: isShorter ? (context, fn) => this.executeWithin(context, nextOf(inside, fn)) : undefined,
      begin: (context, fn, settler) => {
        if (this.#isPlain(context)) this.#beginFirst(context, inside, fn, settler);
        else follow(this.#runWhole(context, nextOf(inside, fn)), settler);
      },
    };
  }

  #beginFirst<T>(context: CallContext, inside: Inside, fn: Next<T>, settler: Settler<T>): void {
    new FirstAttempt(this.#settings, context, inside, fn, settler).begin();
  }

  #runWhole<T>(context: CallContext, next: Next<T>): Promise<T> {
    return settle(() => new RetryRun(this.#settings, context, next).run(), context);
  }

  /** Whether a call that succeeds at once asks nothing of the policy. */
  #isPlain(context: CallContext): boolean {
    return context.deadline === undefined && !context.aborted && this.#asksNothing();
  }

  #asksNothing(): boolean {
    return this.#settings.plain && !this.#emitters.followsSuccess && ambientRetry() === undefined;
  }
}
