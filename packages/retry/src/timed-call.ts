import {
  AbortScope,
  type CallContext,
  type CallDetails,
  type Clock,
  Emitter,
  type FailureEvent,
  type Next,
  type SuccessEvent,
} from "@holdfast/errors/policy";
import { type DueEntry, DueList } from "./due-list.ts";
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

/** One call under a timeout: the scope that gives up what runs inside, and on the list of what falls due meanwhile. */
export class TimedCall<T> extends AbortScope implements DueEntry {
  dueAt = 0;
  before: DueEntry | undefined = undefined;
  after: DueEntry | undefined = undefined;
  listed = false;
  awaited = false;
  // Not #private: in a derived class those cost 70 bytes a call.
  private readonly kit: TimedCallKit;
  private readonly context: CallContext;
  private readonly resolve: (value: T) => void;
  private readonly reject: (reason: unknown) => void;
  private readonly allowedMs: number;

  constructor(
    kit: TimedCallKit,
    context: CallContext,
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
    allowedMs: number,
  ) {
    super(context.scope);
    this.kit = kit;
    this.context = context;
    this.resolve = resolve;
    this.reject = reject;
    this.allowedMs = allowedMs;
  }

  run(next: Next<T>): void {
    this.kit.due.add(this, this.allowedMs);
    this.follow();
    let running: PromiseLike<T>;
    try {
      const result = next(this.context.inside(this));
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
  expire(): void {
    const error = new TimeoutError(this.allowedMs);
    this.reject(error);
    if (this.aborted) return; // the caller was quicker, and the call has its reason
    this.abort(error);
    const { timeout } = this.kit;
    if (timeout.active) timeout.emit({ timeoutMs: this.allowedMs, call: this.context.call });
    this.#reportFailure(error, true);
  }

  /** The caller was quicker: policies in between still hear of the timeout, but the process need not wait for it. */
  protected override givenUp(): void {
    this.kit.due.leave(this);
  }

  #succeed(value: T): void {
    const { due, success, lateResult } = this.kit;
    if (due.remove(this)) {
      this.close();
      if (success.active) success.emit({ duration: this.#durationMs() });
      this.resolve(value);
    } else if (lateResult.active) this.#reportLate({ value });
  }

  #fail(error: unknown): void {
    if (this.kit.due.remove(this)) {
      this.close();
      this.#reportFailure(error, false);
      this.reject(error);
    } else if (this.kit.lateResult.active) this.#reportLate({ error });
  }

  #reportFailure(error: unknown, handled: boolean): void {
    const { failure } = this.kit;
    if (failure.active) failure.emit({ duration: this.#durationMs(), handled, reason: { error } });
  }

  #reportLate(outcome: LateResultEvent["outcome"]): void {
    const { attempt, call } = this.context;
    this.kit.lateResult.emit({ attempt, outcome, call });
  }

  #durationMs(): number {
    return this.kit.clock.monotonic() - (this.dueAt - this.allowedMs);
  }
}
