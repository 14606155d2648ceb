import type { RefusingState } from "@holdfast/errors";
import { type CallDetails, Emitter, type Event, type FailureEvent, type SuccessEvent } from "@holdfast/errors/policy";
import type { CircuitStateName, TransitionReason } from "./transition.ts";

/** A circuit went from one state to another. */
export interface StateChangeEvent {
  readonly circuit: string;
  readonly from: CircuitStateName;
  readonly to: CircuitStateName;
  readonly reason: TransitionReason;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Calls, failures and slow calls in the window, or among the probes, when it changed. */
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
  readonly consecutiveFailures: number;
  /** How often the circuit has opened since it last closed for good. */
  readonly openings: number;
  /** For how long it opens, in milliseconds; `undefined` unless `to` is `open`. */
  readonly openMs: number | undefined;
  /** The failure that brought it about, if one did. */
  readonly error: unknown;
  /** The call that brought it about, as far as it is known. */
  readonly call: CallDetails | undefined;
}

/** A call was refused, or would have been if the circuit were not only observing. */
export interface RejectEvent {
  readonly circuit: string;
  readonly state: RefusingState;
  /** How long until a call may be admitted, in milliseconds; `Infinity` while a person holds the circuit open. */
  readonly retryAfterMs: number;
  /** False in `observe` mode: the call was made all the same. */
  readonly enforced: boolean;
  readonly call: CallDetails | undefined;
}

/**
 * The events of a circuit. Emitters are made when first listened to; a circuit among many also tells the
 * events of all of them, its `parent`.
 */
export class CircuitEvents {
  readonly #parent: CircuitEvents | undefined;
  #success: Emitter<SuccessEvent> | undefined;
  #failure: Emitter<FailureEvent> | undefined;
  #stateChange: Emitter<StateChangeEvent> | undefined;
  #reject: Emitter<RejectEvent> | undefined;

  constructor(parent?: CircuitEvents) {
    this.#parent = parent;
  }

  get onSuccess(): Event<SuccessEvent> {
    this.#success ??= new Emitter();
    return this.#success.event;
  }

  get onFailure(): Event<FailureEvent> {
    this.#failure ??= new Emitter();
    return this.#failure.event;
  }

  get onStateChange(): Event<StateChangeEvent> {
    this.#stateChange ??= new Emitter();
    return this.#stateChange.event;
  }

  /** State changes into one of `states`. */
  onEntering(...states: readonly CircuitStateName[]): Event<StateChangeEvent> {
    return (listener) =>
      this.onStateChange((event) => {
        if (states.includes(event.to)) listener(event);
      });
  }

  get onReject(): Event<RejectEvent> {
    this.#reject ??= new Emitter();
    return this.#reject.event;
  }

  /** Whether anyone wants to know of each call: only then is it timed for them. */
  get tellsCalls(): boolean {
    return this.#success?.active === true || this.#failure?.active === true || (this.#parent?.tellsCalls ?? false);
  }

  get tellsRejects(): boolean {
    return this.#reject?.active === true || (this.#parent?.tellsRejects ?? false);
  }

  emitSuccess(event: SuccessEvent): void {
    this.#success?.emit(event);
    this.#parent?.emitSuccess(event);
  }

  emitFailure(event: FailureEvent): void {
    this.#failure?.emit(event);
    this.#parent?.emitFailure(event);
  }

  emitStateChange(event: StateChangeEvent): void {
    this.#stateChange?.emit(event);
    this.#parent?.emitStateChange(event);
  }

  emitReject(event: RejectEvent): void {
    this.#reject?.emit(event);
    this.#parent?.emitReject(event);
  }
}
