import { executeOf } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";
import { Emitter, type Event } from "./event.ts";
import type { ComposablePolicy, FailureEvent, Next, SuccessEvent } from "./policy.ts";

/** What a policy that hears how its calls end need not write again: `execute`, and the events of success and failure. */
export abstract class PolicyBase<Alternative = never> implements ComposablePolicy<Alternative> {
  declare readonly _altReturn: Alternative;
  readonly #success = new Emitter<SuccessEvent>();
  readonly #failure = new Emitter<FailureEvent>();
  /** When a call succeeds. */
  readonly onSuccess: Event<SuccessEvent> = this.#success.event;
  /** When a call fails; `handled` says whether the policy acts on it. */
  readonly onFailure: Event<FailureEvent> = this.#failure.event;
  /** Runs `fn` under this policy. */
  readonly execute: <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T | Alternative> = executeOf<Alternative>(this);

  abstract executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Alternative>;

  /** Whether anyone wants to know how long calls take. */
  protected get timesCalls(): boolean {
    return this.#success.active || this.#failure.active;
  }

  protected succeeded(durationMs: number): void {
    if (this.#success.active) this.#success.emit({ duration: durationMs });
  }

  protected failed(durationMs: number, error: unknown, handled: boolean): void {
    if (this.#failure.active) this.#failure.emit({ duration: durationMs, handled, reason: { error } });
  }
}
