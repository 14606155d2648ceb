import { CircuitOpenError } from "@holdfast/errors";
import {
  assertDelayMs,
  assertKnownOptions,
  type CallContext,
  type ComposablePolicy,
  type Event,
  executeOf,
  type FailureEvent,
  type Next,
  type SuccessEvent,
} from "@holdfast/errors/policy";
import { isFailedResult, judgeAbort, judgeError } from "./call-judge.ts";
import type { CircuitBreakerOptions } from "./circuit-breaker-options.ts";
import { CircuitEvents, type RejectEvent, type StateChangeEvent } from "./circuit-events.ts";
import type { CircuitHealth } from "./circuit-health.ts";
import { type CircuitHold, holdOn } from "./circuit-hold.ts";
import { CircuitMachine } from "./circuit-machine.ts";
import { circuitOptionNames } from "./circuit-option-names.ts";
import { type CircuitSettings, settingsFrom } from "./circuit-settings.ts";
import { type CircuitSnapshot, type RestoreResult, restoreCircuit, snapshotOf } from "./circuit-snapshot.ts";
import type { CircuitStateName } from "./circuit-state.ts";
import { turnOf } from "./half-open-queue.ts";
import { healthOf } from "./health-of.ts";
import { failedResult, plainSuccess, slowSuccess } from "./outcome.ts";
import { type Pass, uncounted } from "./pass.ts";
import { type Refusal, rejectSoon } from "./refusal.ts";

/**
 * Makes no call while calls cannot help: refuses them at once when the service behind has failed too often, lets a
 * few through after a while to find out, and all of them once those succeed.
 *
 * What counts is decided by `classify`: faults of the service, timeouts, network failures and errors it does not
 * know do; a caller's mistakes, aborts, throttling, and refusals by other policies do not.
 *
 * @throws OptionError at once if an option is wrong.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  assertKnownOptions("circuitBreaker()", options, circuitOptionNames);
  const breaker = new CircuitBreaker(options.name ?? "circuit", settingsFrom(options));
  if (options.onStateChange !== undefined) breaker.onStateChange(options.onStateChange);
  if (options.onReject !== undefined) breaker.onReject(options.onReject);
  if (options.snapshot !== undefined) breaker.restore(options.snapshot);
  return breaker;
}

/** What the function, and every policy inside, finds on the context of a probe: a limiter need not hold it back. */
const asProbe: { readonly signal?: AbortSignal; readonly circuitProbe: true } = { circuitProbe: true };

/** A policy that refuses calls while the service behind it fails. Made by {@link circuitBreaker} or `circuitsByKey`. */
export class CircuitBreaker implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly #machine: CircuitMachine;
  readonly #settings: CircuitSettings;
  /** Whether its events are those of many circuits, as long as nobody listens to this one alone: it is the lighter for it. */
  #sharesEvents: boolean;
  #events: CircuitEvents;
  #execute: ComposablePolicy["execute"] | undefined;

  /** For this package; use {@link circuitBreaker}. */
  constructor(name: string, settings: CircuitSettings, eventsOfMany?: CircuitEvents) {
    this.#settings = settings;
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
    const state = this.#machine.state;
    if (state.kind === "closed" && state.rampUp === undefined) return this.#run(state, context, next);
    const admission = this.#machine.admit(context.call);
    return admission.kind === "refused" ? this.#refuse(admission, context, next) : this.#run(admission, context, next);
  }

  /** What the circuit has seen and will do. */
  health(): CircuitHealth {
    return healthOf(this.#machine, this.#settings);
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
    return snapshotOf(this.#machine, this.#settings);
  }

  /** {@link snapshot}, so that `JSON.stringify(circuit)` works. */
  toJSON(): CircuitSnapshot {
    return this.snapshot();
  }

  /** Goes on from a snapshot. Takes anything: what cannot be used leaves the circuit as it is, and is said. */
  restore(snapshot: unknown): RestoreResult {
    return restoreCircuit(this.#machine, this.#settings, snapshot);
  }

  async #run<T>(pass: Pass, context: CallContext, next: Next<T>): Promise<T> {
    const startedAtMs = this.#isTimed() ? this.#settings.clock.monotonic() : undefined;
    const stopListening = context.abortable ? this.#settleOnAbort(pass, context) : undefined;
    let value: T;
    try {
      value = await next(pass.kind === "probe" ? context.adopt(asProbe) : context);
    } catch (error) {
      stopListening?.();
      this.#failed(pass, context, error, startedAtMs);
      throw error;
    }
    stopListening?.();
    if (startedAtMs !== undefined || this.#settings.judgesResults || context.aborted) {
      this.#returned(pass, context, value, startedAtMs);
    } else this.#machine.succeeded(pass, context.call);
    return value;
  }

  /** A call that is given up is counted then and there: `next` may ignore its signal, and never settle. */
  #settleOnAbort(pass: Pass, context: CallContext): () => void {
    const onAbort = () => {
      const outcome = { ...judgeAbort(this.#settings, context), slow: false, error: context.reason };
      this.#machine.settle(pass, outcome, context.call);
    };
    context.onAbort(onAbort);
    return () => context.offAbort(onAbort);
  }

  #returned(pass: Pass, context: CallContext, value: unknown, startedAtMs: number | undefined): void {
    const duration = this.#since(startedAtMs);
    const failed = isFailedResult(this.#settings, value);
    const slow = this.#isSlow(duration);
    const outcome = failed ? failedResult(slow) : slow ? slowSuccess : plainSuccess;
    if (!context.aborted) this.#machine.settle(pass, outcome, context.call);
    if (!this.#events.tellsCalls) return;
    if (failed) this.#events.emitFailure({ duration, handled: true, reason: { value } });
    else this.#events.emitSuccess({ duration });
  }

  #failed(pass: Pass, context: CallContext, error: unknown, startedAtMs: number | undefined): void {
    if (pass === uncounted && !this.#events.tellsCalls) return;
    const duration = this.#since(startedAtMs);
    const judgement = judgeError(this.#settings, error, context);
    if (!context.aborted)
      this.#machine.settle(pass, { ...judgement, slow: this.#isSlow(duration), error }, context.call);
    if (!this.#events.tellsCalls) return;
    this.#events.emitFailure({ duration, handled: judgement.verdict === "failure", reason: { error } });
  }

  #refuse<T>(refusal: Refusal, context: CallContext, next: Next<T>): Promise<T> {
    const { mode, halfOpen, stack } = this.#settings;
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

  #isTimed(): boolean {
    return this.#settings.slowCallMs !== undefined || this.#events.tellsCalls;
  }

  #since(startedAtMs: number | undefined): number {
    return startedAtMs === undefined ? 0 : this.#settings.clock.monotonic() - startedAtMs;
  }

  #isSlow(durationMs: number): boolean {
    const { slowCallMs } = this.#settings;
    return slowCallMs !== undefined && durationMs > slowCallMs;
  }
}
