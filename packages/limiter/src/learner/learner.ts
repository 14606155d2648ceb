import type { Limit, Turn, Wish } from "../limit.ts";
import type { Outcome } from "../outcome.ts";
import { TokenBucket } from "../token-bucket.ts";
import { Concurrency } from "./concurrency.ts";
import { EmptyMoments } from "./empty-moments.ts";
import { Gate } from "./gate.ts";
import { LearntRate, type RateChange } from "./learnt-rate.ts";
import {
  acceptedToBound,
  catchUpS,
  failureMemory,
  failuresToClose,
  harmlessS,
  roomOnceKnown,
} from "./tuned-figures.ts";

export interface LearnerOptions {
  /** Most calls in flight, whatever is learnt. */
  readonly maxConcurrent: number;
  /** Uniform in [0, 1): spreads the probes of processes that stopped together. */
  readonly random: () => number;
  readonly onRate?: ((perSecond: number, reason: RateChange) => void) | undefined;
  /** Called when an outage is over. */
  readonly onRecover?: (() => void) | undefined;
}

export const firstAttempt: Wish = { priority: 0, cost: 1 };
export const laterAttempt: Wish = { priority: 1, cost: 1 };
/** A circuit breaker around has waited long enough, and sends this call to see whether the outage is over. */
export const circuitProbe: Wish = { priority: 2, cost: 1 };

/**
 * Learns at what rate a server takes calls, from what becomes of those it was sent, and says when the next may go.
 *
 * Calls are known by their number: the first sent is 1. There are no timers, promises or queues here: time is
 * passed in, in milliseconds of any clock that never goes back, so that hours are simulated in milliseconds.
 */
export class Learner implements Limit {
  readonly #maxConcurrent: number;
  readonly #onRecover: (() => void) | undefined;
  readonly #rate: LearntRate;
  readonly #gate: Gate;
  readonly #pace = new TokenBucket(0, 0, 0);
  readonly #concurrency = new Concurrency();
  readonly #empty = new EmptyMoments();
  inFlight = 0;
  #sent = 0;
  #accepted = 0;
  /** The last call sent before the rate was last cut: what becomes of it and those before says nothing new. */
  #cutAfter = 0;
  #throttledInRow = 0;
  #failedInRow = 0;
  #failedRatio = 0;
  #latencyMs = 0;

  constructor({ maxConcurrent, random, onRate, onRecover }: LearnerOptions) {
    this.#maxConcurrent = maxConcurrent;
    this.#onRecover = onRecover;
    this.#rate = new LearntRate(onRate);
    this.#gate = new Gate(random);
  }

  get perSecond(): number {
    return this.#rate.perSecond;
  }

  admit(now: number, waited: boolean, wish: Wish): number {
    if (this.holdsBack(wish)) {
      if (!this.#gate.admitProbe(now)) return 0;
    } else {
      if (this.#isFull) return 0;
      this.#rate.grow(now, waited && this.#gate.closedFor === undefined);
      if (this.#paceInMs(now) > 0) return 0;
      this.#pace.take(now, 1);
    }
    this.inFlight += 1;
    this.#sent += 1;
    return this.#sent;
  }

  readyInMs(now: number, wish: Wish): number {
    if (this.holdsBack(wish)) return this.#gate.readyInMs(now);
    return this.#isFull ? Infinity : this.#paceInMs(now);
  }

  /** Something else shows that an outage may be over: the next probe need not wait. */
  probeNow(now: number): void {
    if (this.#gate.closedFor === "outage") this.#gate.probeNow(now);
  }

  end(outcome: Outcome, { number, at }: Pick<Turn, "number" | "at">, now: number): void {
    const isProbe = this.#gate.isProbe(number);
    if (outcome === "answered") this.#concurrency.answered(now - at, this.inFlight, now);
    this.inFlight -= 1;
    if (outcome === "unsent") {
      if (isProbe) this.#gate.probeNow(now);
      return;
    }
    if (outcome === "failed") {
      this.#failed(isProbe, now);
      return;
    }
    this.#failedInRow = 0;
    this.#latencyMs = now - at;
    const recovers = isProbe && this.#gate.closedFor === "outage";
    if (outcome === "answered") this.#answered(isProbe, number, now);
    else this.#throttled(isProbe, number, now);
    if (recovers) this.#onRecover?.();
  }

  #answered(isProbe: boolean, number: number, now: number): void {
    this.#accepted += 1;
    this.#failedRatio -= this.#failedRatio * failureMemory;
    if (number > this.#cutAfter) this.#throttledInRow = 0;
    if (isProbe) this.#reopen(now);
  }

  #throttled(isProbe: boolean, number: number, now: number): void {
    const { closedFor } = this.#gate;
    if (closedFor !== undefined && !isProbe) return;
    if (closedFor === "throttled") {
      this.#gate.probeFailed(now);
      return;
    }
    if (isProbe) this.#reopen(now); // it throttles, so it is back
    if (number <= this.#cutAfter) return;
    this.#cutAfter = this.#sent;
    this.#throttledInRow += 1;
    if (this.#rate.known) this.#cut(now);
    else this.#search(now);
    this.#empty.add(now, this.#accepted);
  }

  #failed(isProbe: boolean, now: number): void {
    this.#accepted += 1; // it may have cost a token; to count it keeps the bound on the rate a bound
    this.#failedInRow += 1;
    if (this.#failedInRow <= 2) this.#failedRatio += (1 - this.#failedRatio) * failureMemory;
    const { closedFor } = this.#gate;
    if (isProbe && closedFor === "outage") this.#gate.probeFailed(now);
    else if (isProbe || (closedFor === undefined && this.#looksBroken)) {
      this.#empty.clear();
      this.#gate.close("outage", now, this.#sent, 100, 950);
    }
  }

  // Until two throttles have bounded the rate: pause, then probe with few calls in flight, as at the start.
  #search(now: number): void {
    const bound = this.#empty.upperBound(now, this.#accepted, 2, Infinity);
    if (bound === Infinity) {
      this.#concurrency.restart(1);
      // This may be one of thousands of clients on one limit.
      this.#gate.close("throttled", now, this.#sent, Math.max(50, this.#latencyMs * 2), 2_000);
      return;
    }
    this.#rate.learn(bound);
    this.#concurrency.allow(roomOnceKnown);
    this.#pace.empty(now);
  }

  #cut(now: number): void {
    const intervalMs = 1_000 / this.#rate.perSecond;
    // Longer ago than this, the bucket may have been full meanwhile, and what it then lost would count as taken.
    const longestMs = Math.max(250, acceptedToBound * 1.5 * intervalMs);
    this.#rate.cut(this.#empty.upperBound(now, this.#accepted, acceptedToBound, longestMs));
    if (this.#throttledInRow < 2) return;
    const pauseMs = 2_000 / this.#rate.perSecond; // the next token is near
    this.#gate.close("throttled", now, this.#sent, pauseMs, Math.max(500, pauseMs));
  }

  #reopen(now: number): void {
    this.#gate.open();
    this.#pace.empty(now);
    this.#throttledInRow = 0;
  }

  /** Whether only single probes go. A circuit's probe is one already, and goes at the rate known. */
  holdsBack(wish: Wish): boolean {
    const { closedFor } = this.#gate;
    return closedFor !== undefined && !(closedFor === "outage" && wish === circuitProbe);
  }

  get #isFull(): boolean {
    if (this.#gate.closedFor !== undefined) return false; // a circuit's probe goes in spite of calls that hang
    const harmless = this.#rate.known ? this.#rate.perSecond * harmlessS : 0;
    return this.inFlight >= Math.min(this.#maxConcurrent, Math.floor(Math.max(this.#concurrency.limit, harmless)));
  }

  #paceInMs(now: number): number {
    const { perSecond, known } = this.#rate;
    if (!known) return 0;
    this.#pace.change(now, perSecond, 1 + perSecond * catchUpS);
    return this.#pace.readyInMs(now, 1);
  }

  // Where some calls fail all the time, more in a row are needed to tell an outage from chance.
  get #looksBroken(): boolean {
    const byChance = Math.log(1e-4) / Math.log(Math.min(this.#failedRatio, 0.5));
    return this.#failedInRow >= Math.max(failuresToClose, byChance);
  }
}
