import { type Classify, classify } from "@holdfast/errors";
import {
  assertFunction,
  atLeastOne,
  type CallContext,
  type CallDetails,
  type Clock,
  type ComposablePolicy,
  Emitter,
  type Event,
  LruMap,
  type OptionTable,
  readOptions,
  type Settings,
} from "@holdfast/errors/policy";
import { awsScope } from "./aws-scope.ts";
import { circuitProbe, firstAttempt, Learner, laterAttempt } from "./learner/learner.ts";
import type { RateChange } from "./learner/learnt-rate.ts";
import type { Wish } from "./limit.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { LimiterPolicy } from "./limiter-policy.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { WaitingRoom, waitingOptions } from "./waiting-room.ts";

export interface AdaptiveLimiterOptions {
  /** For errors and metrics. Default `"adaptive-limiter"`. */
  readonly name?: string | undefined;
  /**
   * What the server counts together: calls of one scope share one learner. A name for all calls, or a function of
   * what is known of the call. Default {@link awsScope}: account, region, and operation or API group.
   */
  readonly scope?: string | ((call: CallDetails | undefined) => string) | undefined;
  /** Most calls in flight in one scope, whatever is learnt. Integer ≥ 1. Default 1,000. */
  readonly maxConcurrent?: number | undefined;
  /** Calls that may wait in one scope. Integer ≥ 0 or `Infinity`. Default 100,000. */
  readonly maxQueued?: number | undefined;
  /** Longest wait, in milliseconds. Default `Infinity`: until the caller's deadline or abort. */
  readonly maxWaitMs?: number | undefined;
  /** Scopes remembered; beyond it the one used longest ago is forgotten. Integer ≥ 1. Default 1,000. */
  readonly maxScopes?: number | undefined;
  /** Tells a throttle from an outage from an answer. Default `classify` of `@holdfast/errors`. */
  readonly classify?: Classify | undefined;
  readonly clock?: Clock | undefined;
  /** Spreads the probes of processes that stopped together; in [0, 1). Default `Math.random`; tests pass a constant. */
  readonly random?: (() => number) | undefined;
}

/** The server refused a call because calls come too fast. */
export interface ThrottleEvent {
  readonly scope: string;
  /** The rate after it, in calls per second; `undefined` while none is learnt. */
  readonly perSecond: number | undefined;
  readonly call: CallDetails | undefined;
}

/** The rate of a scope was learnt, cut, or has grown by a tenth. */
export interface RateChangeEvent {
  readonly scope: string;
  readonly perSecond: number;
  readonly reason: RateChange;
}

/** A scope was dropped to make room for another, and what was learnt of it. */
export interface EvictEvent {
  readonly scope: string;
}

export interface AdaptiveLimiterSnapshot extends LimiterSnapshot {
  /** The same for each scope; the figures above are their sums, and the lowest rate and the longest wait. */
  readonly scopes: Readonly<Record<string, LimiterSnapshot>>;
}

export interface AdaptiveLimiter extends ComposablePolicy {
  readonly kind: "adaptive-limiter";
  readonly name: string;
  readonly onThrottle: Event<ThrottleEvent>;
  readonly onRateChange: Event<RateChangeEvent>;
  readonly onAdmit: Event<AdmitEvent>;
  readonly onReject: Event<RejectEvent>;
  readonly onEvict: Event<EvictEvent>;
  snapshot(): AdaptiveLimiterSnapshot;
}

/**
 * Sends calls as fast as the server takes them, without being told how fast that is.
 *
 * It learns the allowed rate from throttling and the useful number of calls in flight from latency, per scope;
 * calls beyond that wait, retries (`attempt` > 1) before first attempts. In an outage it sends one probe at a time and then goes
 * on at the rate it knew. Put it inside the retry: `compose(retry(), adaptiveLimiter())`.
 *
 * Rejects with the call's own error, with a `LimitReachedError` if the call may not wait, or with the abort's reason.
 *
 * @throws OptionError if an option is wrong.
 */
export function adaptiveLimiter(options: AdaptiveLimiterOptions = {}): AdaptiveLimiter {
  return new AdaptiveLimiterPolicy(readOptions("adaptiveLimiter()", options, optionTable));
}

const optionTable: OptionTable<AdaptiveLimiterOptions> = {
  name: ["adaptive-limiter"],
  scope: [awsScope, (option, value) => typeof value === "string" || assertFunction(option, value)],
  maxConcurrent: [1_000, atLeastOne],
  ...waitingOptions,
  maxScopes: [1_000, atLeastOne],
  classify: [classify, assertFunction],
  random: [Math.random, assertFunction],
};

type Room = WaitingRoom<Learner>;

class AdaptiveLimiterPolicy extends LimiterPolicy<Room> implements AdaptiveLimiter {
  readonly kind = "adaptive-limiter";
  readonly #settings: Settings<AdaptiveLimiterOptions>;
  readonly #scopeOf: (call: CallDetails | undefined) => string;
  readonly #rooms: LruMap<Room>;
  readonly #throttle = new Emitter<ThrottleEvent>();
  readonly #rateChange = new Emitter<RateChangeEvent>();
  readonly #evict = new Emitter<EvictEvent>();

  readonly onThrottle: Event<ThrottleEvent> = this.#throttle.event;
  readonly onRateChange: Event<RateChangeEvent> = this.#rateChange.event;
  readonly onEvict: Event<EvictEvent> = this.#evict.event;

  constructor(settings: Settings<AdaptiveLimiterOptions>) {
    super(settings);
    this.#settings = settings;
    const { scope } = settings;
    this.#scopeOf = typeof scope === "string" ? () => scope : scope;
    this.#rooms = new LruMap(settings.maxScopes, {
      mayDrop: (room) => room.idle,
      onDrop: (scope) => this.#evict.emit({ scope }),
    });
  }

  snapshot(): AdaptiveLimiterSnapshot {
    const scopes: Record<string, LimiterSnapshot> = {};
    let [perSecond, inFlight, waiting, longestWaitMs] = [Infinity, 0, 0, 0];
    for (const [scope, room] of this.#rooms.entries()) {
      const each = room.snapshot();
      scopes[scope] = each;
      perSecond = Math.min(perSecond, each.perSecond ?? Infinity);
      inFlight += each.inFlight;
      waiting += each.waiting;
      longestWaitMs = Math.max(longestWaitMs, each.longestWaitMs);
    }
    return {
      perSecond: perSecond < Infinity ? perSecond : undefined,
      inFlight,
      waiting,
      longestWaitMs,
      scopes,
    };
  }

  protected override roomOf(call: CallDetails | undefined): Room {
    const scope = this.#scopeOf(call);
    return this.#rooms.get(scope) ?? this.#rooms.add(scope, this.#makeRoom(scope));
  }

  protected override wishOf(context: CallContext): Wish {
    if ((context as { readonly circuitProbe?: unknown }).circuitProbe === true) return circuitProbe;
    return context.attempt > 1 ? laterAttempt : firstAttempt;
  }

  protected override outcomeOf(error: unknown, context: CallContext): Outcome {
    const cause = context.aborted ? context.reason : error; // a call given up by a timeout around is a failure of the server
    try {
      return outcomeOf(this.#settings.classify(cause, context.call));
    } catch {
      return outcomeOf(classify(cause, context.call)); // a classifier of the user's own threw: the call must end all the same
    }
  }

  protected override throttled(room: Room, call: CallDetails | undefined): void {
    this.#throttle.emit({ scope: this.#scopeOf(call), perSecond: room.limit.perSecond, call });
  }

  #makeRoom(scope: string): Room {
    const learner = new Learner({
      ...this.#settings,
      onRate: (perSecond, reason) => this.#rateChange.emit({ scope, perSecond, reason }),
      // What took one scope down may have taken others down too, and be over.
      onRecover: () => {
        for (const room of this.#rooms.values()) {
          room.limit.probeNow(this.#settings.clock.monotonic());
          room.pump();
        }
      },
    });
    return new WaitingRoom(learner, this.#settings, this.reject);
  }
}
