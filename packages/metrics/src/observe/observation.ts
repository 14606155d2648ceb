import { errorName } from "../error-name.ts";
import type { Instruments } from "../instruments.ts";
import type { policyMetrics } from "../policy-metrics.ts";
import type { Series } from "../series.ts";

/** The instruments that `observe` records with. */
export type PolicyInstruments = Instruments<typeof policyMetrics>;

interface Disposable {
  dispose(): void;
}

/** What an event carries, read without trust: every member may be missing, or be something else. */
export type EventFacts = Readonly<Record<string, unknown>>;

/** One policy being observed: what was subscribed to, and which series came of it. */
export class Observation {
  readonly name: string;
  readonly instruments: PolicyInstruments;
  readonly #subscriptions: Disposable[] = [];
  readonly #series = new Set<Series>();

  constructor(name: string, instruments: PolicyInstruments) {
    this.name = name;
    this.instruments = instruments;
  }

  /** Listens to the event of this name, if the policy has one. A throw in the listener stays here. */
  on(policy: object, event: string, listener: (facts: EventFacts, raw: unknown) => void): void {
    const subscribe = (policy as Readonly<Record<string, unknown>>)[event];
    if (typeof subscribe !== "function") return;
    const guarded = (raw: unknown) => {
      try {
        listener(raw !== null && typeof raw === "object" ? (raw as EventFacts) : {}, raw);
      } catch {
        // an event of a shape never seen: the call it tells of goes on
      }
    };
    const subscription: unknown = subscribe.call(policy, guarded);
    if (isDisposable(subscription)) this.#subscriptions.push(subscription);
  }

  /** Remembers a series, to forget it at the end. */
  keep<S extends Series>(series: S): S {
    this.#series.add(series);
    return series;
  }

  /** Remembers a subscription, to end it at the end. */
  until(subscription: Disposable): void {
    this.#subscriptions.push(subscription);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    for (const series of this.#series) series.forget();
    this.#series.clear();
  }
}

function isDisposable(value: unknown): value is Disposable {
  return typeof (value as { readonly dispose?: unknown } | null | undefined)?.dispose === "function";
}

/** A finite number among the facts, else `undefined`. */
export function numberIn(facts: EventFacts, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = facts[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** A short word among the facts that is safe as a dimension, else `undefined`. */
export function wordIn(facts: EventFacts, name: string): string | undefined {
  return asWord(facts[name]);
}

/** The value if it is a short word that is safe as a dimension, else `undefined`. */
export function asWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z][\w .-]{0,63}$/.test(value) ? value : undefined;
}

/** The AWS operation that the event tells of, if it does. */
export function operationIn({ call }: EventFacts): string | undefined {
  return call !== null && typeof call === "object" ? wordIn(call as EventFacts, "operation") : undefined;
}

/** Why something failed, in a word: the kind that a classifier gave it, or its code or name; never its message. */
export function failureIn(facts: EventFacts): string {
  const { classification, reason, error } = facts;
  if (classification !== null && typeof classification === "object") {
    const kind = wordIn(classification as EventFacts, "kind");
    if (kind !== undefined) return kind;
  }
  if (reason !== null && typeof reason === "object" && "error" in reason) return errorName(reason.error);
  return errorName(error ?? reason);
}
