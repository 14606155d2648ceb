import { type Classify, classify as defaultClassify } from "@holdfast/errors";
import {
  assertFunction,
  assertInteger,
  assertKnownOptions,
  type CallContext,
  type CallDetails,
  type Clock,
  type ComposablePolicy,
  Emitter,
  type Event,
  type Next,
  systemClock,
} from "@holdfast/errors/policy";
import { assertLimit, assertWaitMs } from "./assert-limit.ts";
import { awsScope } from "./aws-scope.ts";
import type { RateChange } from "./learner/learnt-rate.ts";
import { LimitedScope } from "./limited-scope.ts";
import { LimitedScopes } from "./limited-scopes.ts";
import type { AdmitEvent, LimiterSnapshot, RejectEvent } from "./limiter-events.ts";
import { LimiterPolicy } from "./limiter-policy.ts";
import { outcomeOf } from "./outcome.ts";

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

/** A scope was forgotten to make room for another. */
export interface ForgetEvent {
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
  readonly onForget: Event<ForgetEvent>;
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
  return new AdaptiveLimiterPolicy(options);
}

const optionNames: Readonly<Record<keyof AdaptiveLimiterOptions, true>> = {
  name: true,
  scope: true,
  maxConcurrent: true,
  maxQueued: true,
  maxWaitMs: true,
  maxScopes: true,
  classify: true,
  clock: true,
  random: true,
};

class AdaptiveLimiterPolicy extends LimiterPolicy implements AdaptiveLimiter {
  readonly kind = "adaptive-limiter";
  readonly #scopeOf: (call: CallDetails | undefined) => string;
  readonly #scopes: LimitedScopes;
  readonly #classify: Classify;
  readonly #throttle = new Emitter<ThrottleEvent>();
  readonly #rateChange = new Emitter<RateChangeEvent>();
  readonly #forget = new Emitter<ForgetEvent>();

  readonly onThrottle: Event<ThrottleEvent> = this.#throttle.event;
  readonly onRateChange: Event<RateChangeEvent> = this.#rateChange.event;
  readonly onForget: Event<ForgetEvent> = this.#forget.event;

  constructor(options: AdaptiveLimiterOptions) {
    assertKnownOptions("adaptiveLimiter()", options, optionNames);
    const {
      name = "adaptive-limiter",
      scope = awsScope,
      maxConcurrent = 1_000,
      maxQueued = 100_000,
      maxWaitMs = Number.POSITIVE_INFINITY,
      maxScopes = 1_000,
      classify = defaultClassify,
      clock = systemClock,
      random = Math.random,
    } = options;
    super(name, clock);
    if (typeof scope !== "string") assertFunction("scope", scope);
    assertInteger("maxConcurrent", maxConcurrent, { min: 1 });
    assertLimit("maxQueued", maxQueued);
    assertWaitMs("maxWaitMs", maxWaitMs);
    assertInteger("maxScopes", maxScopes, { min: 1 });
    assertFunction("classify", classify);
    assertFunction("random", random);
    this.#scopeOf = typeof scope === "string" ? () => scope : scope;
    this.#classify = classify;
    this.#scopes = new LimitedScopes(
      maxScopes,
      (key) =>
        new LimitedScope({
          name,
          maxConcurrent,
          maxQueued,
          maxWaitMs,
          clock,
          random,
          onRefuse: this.refused,
          onRecover: () => this.#probeEverywhere(),
          onRate: (perSecond, reason) => this.#rateChange.emit({ scope: key, perSecond, reason }),
        }),
      (key) => this.#forget.emit({ scope: key }),
    );
  }

  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    const key = this.#scopeOf(context.call);
    const scope = this.#scopes.get(key);
    const now = this.clock.monotonic();
    const number = scope.sendNow(now);
    if (number === 0) return this.#waitAndRun(key, scope, context, next);
    this.admitted(0, context.call);
    return this.#send(key, scope, context, next, number, now);
  }

  snapshot(): AdaptiveLimiterSnapshot {
    const scopes: Record<string, LimiterSnapshot> = {};
    let [perSecond, inFlight, waiting, longestWaitMs] = [Number.POSITIVE_INFINITY, 0, 0, 0];
    for (const [key, scope] of this.#scopes.entries()) {
      const each = scope.snapshot();
      scopes[key] = each;
      perSecond = Math.min(perSecond, each.perSecond ?? perSecond);
      inFlight += each.inFlight;
      waiting += each.waiting;
      longestWaitMs = Math.max(longestWaitMs, each.longestWaitMs);
    }
    return {
      perSecond: perSecond === Number.POSITIVE_INFINITY ? undefined : perSecond,
      inFlight,
      waiting,
      longestWaitMs,
      scopes,
    };
  }

  #probeEverywhere(): void {
    for (const [, scope] of this.#scopes.entries()) scope.probeNow();
  }

  async #waitAndRun<T>(key: string, scope: LimitedScope, context: CallContext, next: Next<T>): Promise<T> {
    const { number, at, waitedMs } = await scope.waitForTurn(context);
    if (context.aborted) {
      scope.learner.unsent(number);
      scope.pump(true);
      throw context.reason;
    }
    this.admitted(waitedMs, context.call);
    return this.#send(key, scope, context, next, number, at);
  }

  async #send<T>(
    key: string,
    scope: LimitedScope,
    context: CallContext,
    next: Next<T>,
    number: number,
    sentAt: number,
  ): Promise<T> {
    try {
      const value = await next(context);
      const now = this.clock.monotonic();
      scope.learn("answered", number, sentAt, now);
      this.succeeded(now - sentAt);
      return value;
    } catch (error) {
      this.#learnFrom(error, key, scope, context, number, sentAt);
      throw error;
    }
  }

  #learnFrom(
    error: unknown,
    key: string,
    scope: LimitedScope,
    context: CallContext,
    number: number,
    sentAt: number,
  ): void {
    const now = this.clock.monotonic();
    const outcome = outcomeOf(error, context, this.#classify);
    scope.learn(outcome, number, sentAt, now);
    if (outcome === "throttled" && this.#throttle.active) {
      this.#throttle.emit({ scope: key, perSecond: scope.snapshot().perSecond, call: context.call });
    }
    this.failed(now - sentAt, error, outcome === "throttled" || outcome === "failed");
  }
}
