import {
  type CallContext,
  type CallDetails,
  type Clock,
  Emitter,
  type FailureEvent,
  type Next,
  type SuccessEvent,
} from "@holdfast/errors/policy";
import { DueEntry, DueList } from "./due-list.ts";
import type { LateResultEvent } from "./retry-events.ts";
import { TimeoutError } from "./timeout-error.ts";

export interface TimeoutEvent {
  /** What the call was allowed, in milliseconds. */
  readonly timeoutMs: number;
  readonly call: CallDetails | undefined;
}

/** What the calls of one timeout policy share. */
export class TimedCallKit {
  readonly clock: Clock;
  readonly due: DueList;
  readonly success: Emitter<SuccessEvent> = new Emitter();
  readonly failure: Emitter<FailureEvent> = new Emitter();
  readonly timeout: Emitter<TimeoutEvent> = new Emitter();
  readonly lateResult: Emitter<LateResultEvent> = new Emitter();

  constructor(clock: Clock) {
    this.clock = clock;
    this.due = new DueList(clock);
  }
}

/** One call under a timeout; is on the list of what falls due while it runs. */
export class TimedCall<T> extends DueEntry {
  readonly #kit: TimedCallKit;
  readonly #inner: CallContext;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  #allowedMs = 0;

  /** @param inner what runs inside, which can be given up */
  constructor(kit: TimedCallKit, inner: CallContext, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    super();
    this.#kit = kit;
    this.#inner = inner;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  run(next: Next<T>, allowedMs: number): void {
    this.#allowedMs = allowedMs;
    this.#kit.due.add(this, allowedMs);
    let running: PromiseLike<T>;
    try {
      const result = next(this.#inner);
      running = result instanceof Promise ? result : Promise.resolve(result);
    } catch (error) {
      running = Promise.reject(error);
    }
    running.then(
      (value) => {
        this.#succeed(value);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  /** The time is over. */
  override expire(): void {
    const error = new TimeoutError(this.#allowedMs);
    this.#reject(error);
    if (this.#inner.aborted) return; // the caller was quicker, and the call has its reason
    this.#inner.cancel(error);
    const { timeout } = this.#kit;
    if (timeout.active) timeout.emit({ timeoutMs: this.#allowedMs, call: this.#inner.call });
    this.#reportFailure(error, true);
  }

  #succeed(value: T): void {
    const { due, success, lateResult } = this.#kit;
    if (due.remove(this)) {
      if (success.active) success.emit({ duration: this.#durationMs() });
      this.#resolve(value);
    } else if (lateResult.active) this.#reportLate({ value });
  }

  #fail(error: unknown): void {
    if (this.#kit.due.remove(this)) {
      this.#reportFailure(error, false);
      this.#reject(error);
    } else if (this.#kit.lateResult.active) this.#reportLate({ error });
  }

  #reportFailure(error: unknown, handled: boolean): void {
    const { failure } = this.#kit;
    if (failure.active) failure.emit({ duration: this.#durationMs(), handled, reason: { error } });
  }

  #reportLate(outcome: LateResultEvent["outcome"]): void {
    const { attempt, call } = this.#inner;
    this.#kit.lateResult.emit({ attempt, outcome, call });
  }

  #durationMs(): number {
    return this.#kit.clock.monotonic() - (this.dueAt - this.#allowedMs);
  }
}
