import { CircuitOpenError } from "@holdfast/errors";
import {
  assertDelayMs,
  type CallContext,
  type ComposablePolicy,
  type Event,
  executeOf,
  type FailureEvent,
  failSoon,
  follow,
  type Inside,
  type Next,
  nextOf,
  type Settler,
  type SuccessEvent,
  settle,
  theFunction,
} from "@holdfast/errors/policy";
import { AdmittedCall } from "./admitted-call.ts";
import { CircuitEvents, type RejectEvent, type StateChangeEvent } from "./circuit-events.ts";
import type { CircuitHealth } from "./circuit-health.ts";
import { type CircuitHold, holdOn } from "./circuit-hold.ts";
import { CircuitMachine } from "./circuit-machine.ts";
import type { CircuitSettings } from "./circuit-settings.ts";
import { type CircuitSnapshot, type RestoreResult, restoreCircuit, snapshotOf } from "./circuit-snapshot.ts";
import type { ClosedState } from "./circuit-state.ts";
import { countError, countValue, startOf } from "./count-call.ts";
import { turnOf } from "./half-open-queue.ts";
import { healthOf } from "./health-of.ts";
import { type Pass, uncounted } from "./pass.ts";
import { type Refusal, rejectSoon } from "./refusal.ts";
import type { CircuitStateName } from "./transition.ts";

/** What the function, and every policy inside, finds on the context of a probe: a limiter need not hold it back. */
const asProbe: { readonly signal?: AbortSignal; readonly circuitProbe: true } = { circuitProbe: true };

/** A policy that refuses calls while the service behind it fails. Made by `circuitBreaker` or `circuitsByKey`. */
export class CircuitBreaker implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly #machine: CircuitMachine;
  /** Whether its events are those of many circuits, as long as nobody listens to this one alone: it is the lighter for it. */
  #sharesEvents: boolean;
  #events: CircuitEvents;
  #execute: ComposablePolicy["execute"] | undefined;

  /** For this package; use `circuitBreaker`. */
  constructor(name: string, settings: CircuitSettings, eventsOfMany?: CircuitEvents) {
    this.#events = eventsOfMany ?? new CircuitEvents();
    this.#sharesEvents = eventsOfMany !== undefined;
    this.#machine = new CircuitMachine(name, settings, this.#events);
  }

  get kind(): "circuit-breaker" {
    return "circuit-breaker";
  }

  get name(): string {
    return this.#machine.name;
  }

  /** What the circuit is doing. An open circuit becomes half-open when the first call after its time comes. */
  get state(): CircuitStateName {
    return this.#machine.state.kind;
  }

  /** An admitted call succeeded. */
  get onSuccess(): Event<SuccessEvent> {
    return this.#ownEvents().onSuccess;
  }

  /** An admitted call failed; `handled` says whether that counted. */
  get onFailure(): Event<FailureEvent> {
    return this.#ownEvents().onFailure;
  }

  get onStateChange(): Event<StateChangeEvent> {
    return this.#ownEvents().onStateChange;
  }

  /** The circuit opened, or a person holds it open. */
  get onBreak(): Event<StateChangeEvent> {
    return this.#ownEvents().onEntering("open", "isolated");
  }

  get onHalfOpen(): Event<StateChangeEvent> {
    return this.#ownEvents().onEntering("half-open");
  }

  /** The circuit closed. */
  get onReset(): Event<StateChangeEvent> {
    return this.#ownEvents().onEntering("closed");
  }

  /** A call was refused. */
  get onReject(): Event<RejectEvent> {
    return this.#ownEvents().onReject;
  }

  /**
   * Runs `fn` if the circuit admits it. Rejects with {@link CircuitOpenError} if not, with what `fn` throws, or
   * with `signal.reason` as soon as the signal aborts.
   */
  get execute(): ComposablePolicy["execute"] {
    this.#execute ??= executeOf(this);
    return this.#execute;
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    if (context.aborted) return Promise.reject(context.reason);
    const pass = this.#passFor(context);
    if (pass.kind === "refused") return this.#refuse(pass, context, next);
    const isPlain = pass.kind === "closed" && !context.abortable;
    return isPlain ? this.#runPlain(pass, context, next) : this.#run(pass, context, next);
  }

  around(inside: Inside): Inside {
    return {
      notesTime: inside.notesTime,
      run: inside.run && ((context, fn) => this.executeWithin(context, nextOf(inside, fn))),
      begin: (context, fn, settler) => {
        this.begin(context, inside, fn, settler);
      },
    };
  }

  /** {@link around}, for one call. */
  begin<T>(context: CallContext, inside: Inside, fn: Next<T>, settler: Settler<T>): void {
    if (context.aborted) {
      failSoon(settler, context.reason);
      return;
    }
    const pass = this.#passFor(context);
    if (pass.kind === "refused") follow(this.#refuse(pass, context, nextOf(inside, fn)), settler);
    else this.#begin(pass, context, inside, fn, settler);
  }

  /** What the circuit has seen and will do. */
  health(): CircuitHealth {
    return healthOf(this.#machine, this.#machine.settings);
  }

  /** Holds the circuit open, as for maintenance. Several holds may be in force; the circuit closes when the last is released. */
  isolate(): CircuitHold {
    return holdOn(this.#machine, "isolated");
  }

  /** Holds the circuit closed: calls are counted, and whatever the count, let through. */
  forceClosed(): CircuitHold {
    return holdOn(this.#machine, "forced-closed");
  }

  /** Takes the circuit out of the way: calls are let through and not even counted. */
  disable(): CircuitHold {
    return holdOn(this.#machine, "disabled");
  }

  /**
   * Opens the circuit, for `openMs` milliseconds or as long as its options say: for callers who know from elsewhere
   * that the service is down. Does nothing while the circuit is held.
   *
   * @throws OptionError if `openMs` is no number of milliseconds that a timer can wait.
   */
  trip(failure?: unknown, openMs?: number): void {
    if (openMs !== undefined) assertDelayMs("openMs", openMs);
    this.#machine.trip(failure, openMs);
  }

  /** Closes the circuit, forgets what it counted, and lets go of every hold, that of `mode: "disabled"` included. */
  reset(): void {
    this.#machine.reset();
  }

  /** The circuit's own state as JSON, to go on from in another process. Holds are of this process and left out. */
  snapshot(): CircuitSnapshot {
    return snapshotOf(this.#machine, this.#machine.settings);
  }

  /** {@link snapshot}, so that `JSON.stringify(circuit)` works. */
  toJSON(): CircuitSnapshot {
    return this.snapshot();
  }

  /** Goes on from a snapshot. Takes anything: what cannot be used leaves the circuit as it is, and is said. */
  restore(snapshot: unknown): RestoreResult {
    return restoreCircuit(this.#machine, this.#machine.settings, snapshot);
  }

  #passFor(context: CallContext): Pass | Refusal {
    const { state } = this.#machine;
    return state.kind === "closed" && state.rampUp === undefined ? state : this.#machine.admit(context.call);
  }

  #begin<T>(pass: Pass, context: CallContext, inside: Inside, fn: Next<T>, settler: Settler<T>): void {
    const inner = pass.kind === "probe" ? context.adopt(asProbe) : context;
    inside.begin(inner, fn, new AdmittedCall(this.#machine, pass, context, settler));
  }

  #run<T>(pass: Pass, context: CallContext, next: Next<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#begin(pass, context, theFunction, next, { succeed: resolve, fail: reject });
    });
  }

  /** Most calls: counted in a closed circuit, and nobody can give them up. */
  async #runPlain<T>(pass: ClosedState, context: CallContext, next: Next<T>): Promise<T> {
    const machine = this.#machine;
    const startedAtMs = startOf(machine);
    let value: T;
    try {
      value = await settle(next, context);
    } catch (error) {
      countError(machine, pass, context, startedAtMs, error);
      throw error;
    }
    countValue(machine, pass, context, startedAtMs, value);
    return value;
  }

  #refuse<T>(refusal: Refusal, context: CallContext, next: Next<T>): Promise<T> {
    const { mode, halfOpen, stack } = this.#machine.settings;
    const now = this.#machine.state;
    if (now.kind === "half-open" && halfOpen.others === "queue" && mode === "enforce") {
      const turn = turnOf(now.round, context);
      if (turn !== undefined) return turn.then(() => this.executeWithin(context, next));
    }
    const { circuit, state, retryAfterMs, failure } = refusal;
    if (this.#events.tellsRejects) {
      this.#events.emitReject({ circuit, state, retryAfterMs, enforced: mode === "enforce", call: context.call });
    }
    if (mode !== "enforce") return this.#run(uncounted, context, next);
    const options = failure === undefined ? { stack } : { stack, cause: failure };
    return rejectSoon(new CircuitOpenError(refusal, options));
  }

  #ownEvents(): CircuitEvents {
    if (this.#sharesEvents) {
      this.#sharesEvents = false;
      this.#events = new CircuitEvents(this.#events);
      this.#machine.events = this.#events;
    }
    return this.#events;
  }
}
