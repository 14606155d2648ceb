import {
  assertFunction,
  assertInteger,
  assertKnownOptions,
  type CallContext,
  type CallDetails,
  type ComposablePolicy,
  Emitter,
  type Event,
  executeOf,
  type FailureEvent,
  failSoon,
  type Inside,
  LruMap,
  type Next,
  nextOf,
  type SuccessEvent,
} from "@holdfast/errors/policy";
import type { CircuitBreakerOptions } from "./circuit-breaker-options.ts";
import { CircuitBreaker } from "./circuit-breaker-policy.ts";
import { CircuitEvents, type RejectEvent, type StateChangeEvent } from "./circuit-events.ts";
import { circuitOptionNames } from "./circuit-option-names.ts";
import { type CircuitSettings, settingsFrom } from "./circuit-settings.ts";
import { type CircuitsHealth, healthOfAll } from "./circuits-health.ts";
import {
  type CircuitsRestoreResult,
  type CircuitsSnapshot,
  restoreCircuits,
  snapshotOfAll,
} from "./circuits-snapshot.ts";
import type { CircuitStateName } from "./transition.ts";

/** The options of each circuit, and how they are told apart. */
export interface CircuitsByKeyOptions extends Omit<CircuitBreakerOptions, "snapshot"> {
  /** Which circuit a call belongs to. Default {@link failureDomain}. */
  readonly key?: ((call: CallDetails) => string) | undefined;
  /** Circuits kept at most; the one unused for longest goes first. Integer ≥ 1. Default 10,000. */
  readonly capacity?: number | undefined;
  readonly onEvict?: ((event: EvictEvent) => void) | undefined;
}

/** A circuit was dropped, and what it knew with it. */
export interface EvictEvent {
  readonly circuit: string;
  readonly state: CircuitStateName;
  readonly reason: "capacity" | "unregistered";
  /** Circuits there are now. */
  readonly size: number;
}

/**
 * What fails together in AWS: account, region, service and operation, with `-` for what is not known. While the
 * account is not known, whose credentials sign the call stands in its place: an outage in one must not refuse another.
 */
export function failureDomain({ accountId, identity, region, service, operation }: CallDetails): string {
  return `${accountId ?? identity ?? "-"}/${region ?? "-"}/${service ?? "-"}/${operation ?? "-"}`;
}

/**
 * A circuit for each key, made when first asked for, all with the same options: a policy that sends each call through
 * the circuit of its key.
 *
 * @throws OptionError at once if an option is wrong.
 */
export function circuitsByKey(options: CircuitsByKeyOptions = {}): CircuitsByKey {
  return new CircuitsByKey(options);
}

/** Circuits by key. Made by {@link circuitsByKey}. Its events are those of all its circuits. */
export class CircuitsByKey implements ComposablePolicy {
  declare readonly _altReturn: never;
  readonly kind = "circuits";
  readonly name: string;
  readonly #key: (call: CallDetails) => string;
  readonly #settings: CircuitSettings;
  readonly #events: CircuitEvents = new CircuitEvents();
  readonly #evictions: Emitter<EvictEvent> = new Emitter();
  readonly #circuits: LruMap<CircuitBreaker>;
  #evicted = 0;

  /** As `circuit.execute`, but without details of the call: through the circuit of no account, region, service or operation. */
  readonly execute: ComposablePolicy["execute"] = executeOf(this);

  constructor(options: CircuitsByKeyOptions) {
    const { snapshot: _, ...ofEach } = circuitOptionNames;
    assertKnownOptions("circuitsByKey()", options, { ...ofEach, key: true, capacity: true, onEvict: true });
    const { name = "circuits", key = failureDomain, capacity = 10_000 } = options;
    assertFunction("key", key);
    if (options.onEvict !== undefined) assertFunction("onEvict", options.onEvict);
    assertInteger("capacity", capacity, { min: 1 });
    this.name = name;
    this.#key = key;
    this.#settings = settingsFrom(options);
    this.#circuits = new LruMap(capacity, {
      onDrop: (_, circuit) => {
        this.#evicted++;
        this.#tellEvicted(circuit, "capacity");
      },
    });
    if (options.onStateChange !== undefined) this.onStateChange(options.onStateChange);
    if (options.onReject !== undefined) this.onReject(options.onReject);
    if (options.onEvict !== undefined) this.onEvict(options.onEvict);
  }

  get size(): number {
    return this.#circuits.size;
  }

  get onSuccess(): Event<SuccessEvent> {
    return this.#events.onSuccess;
  }

  get onFailure(): Event<FailureEvent> {
    return this.#events.onFailure;
  }

  get onStateChange(): Event<StateChangeEvent> {
    return this.#events.onStateChange;
  }

  get onBreak(): Event<StateChangeEvent> {
    return this.#events.onEntering("open", "isolated");
  }

  get onHalfOpen(): Event<StateChangeEvent> {
    return this.#events.onEntering("half-open");
  }

  get onReset(): Event<StateChangeEvent> {
    return this.#events.onEntering("closed");
  }

  get onReject(): Event<RejectEvent> {
    return this.#events.onReject;
  }

  /** A circuit was dropped: there were too many, or it was unregistered. */
  get onEvict(): Event<EvictEvent> {
    return this.#evictions.event;
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    let circuit: CircuitBreaker;
    try {
      circuit = this.get(context.call ?? {});
    } catch (error) {
      return Promise.reject(error); // the user's key function threw
    }
    return circuit.executeWithin(context, next);
  }

  around(inside: Inside): Inside {
    return {
      notesTime: inside.notesTime,
      run: inside.run && ((context, fn) => this.executeWithin(context, nextOf(inside, fn))),
      begin: (context, fn, settler) => {
        let circuit: CircuitBreaker;
        try {
          circuit = this.get(context.call ?? {});
        } catch (error) {
          failSoon(settler, error);
          return;
        }
        circuit.begin(context, inside, fn, settler);
      },
    };
  }

  /** The circuit of a key, or of a call's key; made if there is none. */
  get(of: string | CallDetails): CircuitBreaker {
    const key = typeof of === "string" ? of : this.#key(of);
    return this.#circuits.get(key) ?? this.#register(key);
  }

  has(key: string): boolean {
    return this.#circuits.peek(key) !== undefined;
  }

  /** The circuits, the last used first. */
  list(): readonly CircuitBreaker[] {
    return [...this.#circuits.values()];
  }

  /** Drops a circuit and what it knew; says whether there was one. Calls under way go on. */
  unregister(key: string): boolean {
    const circuit = this.#circuits.delete(key);
    if (circuit !== undefined) this.#tellEvicted(circuit, "unregistered");
    return circuit !== undefined;
  }

  /** How many circuits are in which state, and those that are not closed. */
  health(): CircuitsHealth {
    return healthOfAll(this.#circuits.values(), this.#evicted);
  }

  /** The circuits that have something to go on from, as JSON. */
  snapshot(): CircuitsSnapshot {
    return snapshotOfAll(this.#circuits.values());
  }

  /** {@link snapshot}, so that `JSON.stringify(circuits)` works. */
  toJSON(): CircuitsSnapshot {
    return this.snapshot();
  }

  /** Goes on from a snapshot, circuit by circuit. Takes anything; says what could not be used. */
  restore(snapshot: unknown): CircuitsRestoreResult {
    return restoreCircuits(snapshot, (key) => this.get(key));
  }

  #register(key: string): CircuitBreaker {
    return this.#circuits.add(key, new CircuitBreaker(key, this.#settings, this.#events));
  }

  #tellEvicted({ name, state }: CircuitBreaker, reason: EvictEvent["reason"]): void {
    this.#evictions.emit({ circuit: name, state, reason, size: this.size });
  }
}
