import {
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
} from "@holdfast/errors/policy";
import type { RefusalReason } from "./limit-reached-error.ts";
import type { AdmitEvent, RejectEvent } from "./limiter-events.ts";

/** What every limiter of this package is: a policy that tells what it admits and refuses, and how calls end. */
export abstract class LimiterPolicy implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly name: string;
  protected readonly clock: Clock;
  readonly #success = new Emitter<SuccessEvent>();
  readonly #failure = new Emitter<FailureEvent>();
  readonly #admit = new Emitter<AdmitEvent>();
  readonly #reject = new Emitter<RejectEvent>();

  readonly onSuccess: Event<SuccessEvent> = this.#success.event;
  readonly onFailure: Event<FailureEvent> = this.#failure.event;
  readonly onAdmit: Event<AdmitEvent> = this.#admit.event;
  readonly onReject: Event<RejectEvent> = this.#reject.event;
  readonly execute: <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T> = executeOf(this);

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
  }

  abstract executeWithin<T>(context: CallContext, next: Next<T>): Promise<T>;

  protected readonly refused = (reason: RefusalReason): void => this.#reject.emit({ reason });

  protected admitted(waitedMs: number, call: CallDetails | undefined): void {
    if (this.#admit.active) this.#admit.emit({ waitedMs, call });
  }

  protected succeeded(duration: number): void {
    if (this.#success.active) this.#success.emit({ duration });
  }

  protected failed(duration: number, error: unknown, handled: boolean): void {
    if (this.#failure.active) this.#failure.emit({ duration, handled, reason: { error } });
  }

  /** Runs a call that was admitted, and `release` when it has ended. */
  protected async run<T>(context: CallContext, next: Next<T>, release: () => void): Promise<T> {
    const startedAt = this.clock.monotonic();
    try {
      const value = await next(context);
      this.succeeded(this.clock.monotonic() - startedAt);
      return value;
    } catch (error) {
      this.failed(this.clock.monotonic() - startedAt, error, false);
      throw error;
    } finally {
      release();
    }
  }
}
