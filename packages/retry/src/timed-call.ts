import { TimeoutError } from "@holdfast/errors";
import {
  type AbortListener,
  AbortScope,
  type CallContext,
  type CallDetails,
  type Clock,
  Emitter,
  type FailureEvent,
  failSoon,
  type Inside,
  isRequestBound,
  type Next,
  type Settler,
  type SuccessEvent,
} from "@holdfast/errors/policy";
import { type DueEntry, DueList } from "./due-list.ts";
import type { LateResultEvent } from "./retry-events.ts";

export interface TimeoutEvent {
  /** What the call was allowed, in milliseconds. */
  readonly timeoutMs: number;
  readonly call: CallDetails | undefined;
}

/** What the calls of one timeout policy share. */
export class TimedCallKit {
  readonly clock: Clock;
  readonly #shared: DueList | undefined;
  readonly success: Emitter<SuccessEvent> = new Emitter();
  readonly failure: Emitter<FailureEvent> = new Emitter();
  readonly timeout: Emitter<TimeoutEvent> = new Emitter();
  readonly lateResult: Emitter<LateResultEvent> = new Emitter();

  constructor(clock: Clock) {
    this.clock = clock;
    this.#shared = isRequestBound ? undefined : new DueList(clock);
  }

  /** Where a call is put to fall due: one list, and so one timer, for all calls, unless they cannot share it. */
  get due(): DueList {
    return this.#shared ?? new DueList(this.clock);
  }
}

/** One call under a timeout, on the list of what falls due; gives up what runs inside when it does. */
export class TimedCall<T> implements AbortListener, DueEntry, Settler<T> {
  // Neither #private nor initialized: made by each call, as `AbortScope` says.
  declare newer: AbortListener | undefined;
  declare older: AbortListener | undefined;
  declare dueAt: number;
  declare order: number;
  declare listed: boolean;

  declare awaited: boolean;
  declare private readonly kit: TimedCallKit;
  declare private readonly due: DueList;
  declare private readonly context: CallContext;
  declare private readonly settler: Settler<T>;
  declare private readonly allowedMs: number;
  /** Of what runs inside. */
  declare private readonly scope: AbortScope;
  declare private readonly giveUpSoon: (call: TimedCall<unknown>) => void;

  constructor(kit: TimedCallKit, context: CallContext, settler: Settler<T>, allowedMs: number) {
    this.newer = undefined;
    this.older = undefined;
    this.dueAt = 0;
    this.order = 0;
    this.listed = false;

    this.awaited = false;
    this.kit = kit;
    this.due = kit.due;
    this.context = context;
    this.settler = settler;
    this.allowedMs = allowedMs;
    this.scope = new AbortScope(context.scope);
    this.giveUpSoon = whereItBegan();
  }

  run(inside: Inside, fn: Next<T>): void {
    this.due.add(this, this.allowedMs);
    this.context.onAbort(this);
    inside.begin(this.context.inside(this.scope), fn, this);
  }

  /** The caller was quicker: policies in between still hear of the timeout, but the process need not wait for it. */
  heard(): void {
    this.due.leave(this);
  }

  /** The time is over. The timer is shared, so this may be the async context of another call. */
  expire(): void {
    this.giveUpSoon(this);
  }

  giveUp(): void {
    const error = new TimeoutError(this.allowedMs);
    // A caller who was quicker has his reason; policies around hear of the timeout all the same.
    if (!this.scope.aborted) {
      this.context.offAbort(this);
      this.scope.abort(error);
      const { timeout } = this.kit;
      if (timeout.active) timeout.emit({ timeoutMs: this.allowedMs, call: this.context.call });
      this.#reportFailure(error, true);
    }
    this.settler.fail(error);
  }

  succeed(value: T): void {
    const { success, lateResult } = this.kit;
    if (this.due.remove(this)) {
      this.#close();
      if (success.active) success.emit({ duration: this.#durationMs() });
      this.settler.succeed(value);
    } else if (lateResult.active) this.#reportLate({ value });
  }

  fail(error: unknown): void {
    if (this.due.remove(this)) {
      this.#close();
      this.#reportFailure(error, false);
      this.settler.fail(error);
    } else if (this.kit.lateResult.active) this.#reportLate({ error });
  }

  #close(): void {
    this.context.offAbort(this);
    this.scope.close();
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

/** Fails a call whose deadline has passed; nothing is begun. */
export function refuse<T>({ timeout, failure }: TimedCallKit, { call }: CallContext, settler: Settler<T>): void {
  const error = new TimeoutError(0, { began: false });
  if (timeout.active) timeout.emit({ timeoutMs: 0, call });
  if (failure.active) failure.emit({ duration: 0, handled: true, reason: { error } });
  failSoon(settler, error);
}

let resolveMade: (call: TimedCall<unknown>) => void;
const keepResolve = (resolve: (call: TimedCall<unknown>) => void) => {
  resolveMade = resolve;
};
const giveUp = (call: TimedCall<unknown>) => {
  call.giveUp();
};

/**
 * Gives a call up in the async context in which this was called, and not before its `begin` has returned: what
 * follows a timeout, a retry above all, must find the `AsyncLocalStorage` of its own request. A promise that nobody
 * else sees keeps the context, on every platform; an `AsyncResource` takes less memory, and more time.
 */
function whereItBegan(): (call: TimedCall<unknown>) => void {
  new Promise(keepResolve).then(giveUp);
  return resolveMade;
}
