import type { Limit, Turn, Wish } from "../limit.ts";
import type { Outcome } from "../outcome.ts";
import { TokenBucket } from "../token-bucket.ts";
import { Concurrency } from "./concurrency.ts";
import { EmptyMoments } from "./empty-moments.ts";
import { type Closing, Gate } from "./gate.ts";
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
  readonly #options: LearnerOptions;
  readonly #rate: LearntRate;
  readonly #gate: Gate;
  readonly #pace = new TokenBucket(0, 0, 0);
  readonly #concurrency = new Concurrency();
  #empty = new EmptyMoments();
  inFlight = 0;
  #sent = 0;
  #accepted = 0;
  /** The last call sent before the rate was last cut: what becomes of it and those before says nothing new. */
  #cutAfter = 0;
  #throttledInRow = 0;
  #failedInRow = 0;
  #failedRatio = 0;
  #latencyMs = 0;

  constructor(options: LearnerOptions) {
    this.#options = options;
    this.#rate = new LearntRate(options.onRate);
    this.#gate = new Gate(options.random);
  }

  get perSecond(): number | undefined {
    return this.#rate.perSecond;
  }

  admit(now: number, waited: boolean, wish: Wish): number {
    if (this.holdsBack(wish)) {
      if (!this.#gate.admitProbe(now)) return 0;
    } else {
      if (this.#isFull) return 0;
      this.#rate.grow(now, waited && this.#gate.closedFor === undefined);
      if (this.#paceInMs(now, wish) > 0) return 0;
      this.#pace.take(now, wish);
    }
    this.inFlight += 1;
    this.#sent += 1;
    return this.#sent;
  }

  readyInMs(now: number, wish: Wish): number {
    if (this.holdsBack(wish)) return this.#gate.readyInMs(now);
    return this.#isFull ? Infinity : this.#paceInMs(now, wish);
  }

  /** Something else shows that an outage may be over: the next probe need not wait. */
  probeNow(now: number): void {
    if (this.#gate.closedFor === "outage") this.#gate.probeNow(now);
  }

  end(outcome: Outcome, { number, at }: Pick<Turn, "number" | "at">, now: number): void {
    const probed = this.#gate.probedBy(number);
    if (outcome === "answered") this.#concurrency.answered(now - at, this.inFlight, now);
    this.inFlight -= 1;
    if (outcome === "unsent") {
      if (probed) this.#gate.probeNow(now);
      return;
    }
    if (outcome === "failed") {
      this.#failed(probed, now);
      return;
    }
    this.#failedInRow = 0;
    this.#latencyMs = now - at;
    if (outcome === "answered") this.#answered(probed, number, now);
    else this.#throttled(probed, number, now);
    if (probed === "outage") this.#options.onRecover?.();
  }

  #answered(probed: Closing | undefined, number: number, now: number): void {
    this.#accepted += 1;
    this.#failedRatio -= this.#failedRatio * failureMemory;
    if (number > this.#cutAfter) this.#throttledInRow = 0;
    if (probed) this.#reopen(now);
  }

  #throttled(probed: Closing | undefined, number: number, now: number): void {
    if (this.#gate.closedFor !== probed) return; // sent before the gate closed: it is known by now
    if (probed === "throttled") {
      this.#gate.probeFailed(now);
      return;
    }
    if (probed) this.#reopen(now); // it throttles, so it is back
    if (number <= this.#cutAfter) return;
    this.#cutAfter = this.#sent;
    this.#throttledInRow += 1;
    if (this.perSecond === undefined) this.#search(now);
    else this.#cut(now, this.perSecond);
    this.#empty.add(now, this.#accepted);
  }

  #failed(probed: Closing | undefined, now: number): void {
    this.#accepted += 1; // it may have cost a token; to count it keeps the bound on the rate a bound
    this.#failedInRow += 1;
    if (this.#failedInRow <= 2) this.#failedRatio += (1 - this.#failedRatio) * failureMemory;
    if (probed === "outage") this.#gate.probeFailed(now);
    else if (probed || (this.#gate.closedFor === undefined && this.#looksBroken)) {
      this.#empty = new EmptyMoments(); // they bound the rate no longer: the bucket fills up meanwhile
      this.#gate.close("outage", now, this.#sent, 100, 950);
    }
  }

  // Until two throttles have bounded the rate: pause, then probe with few calls in flight, as at the start.
  #search(now: number): void {
    const bound = this.#empty.upperBound(now, this.#accepted, 2, Infinity);
    if (bound < Infinity) {
      this.#rate.learn(bound);
      this.#concurrency.allow(roomOnceKnown);
      this.#pace.empty(now);
    } else {
      this.#concurrency.restart(1);
      // This may be one of thousands of clients on one limit.
      this.#gate.close("throttled", now, this.#sent, Math.max(50, this.#latencyMs * 2), 2_000);
    }
  }

  #cut(now: number, perSecond: number): void {
    // Longer ago than this, the bucket may have been full meanwhile, and what it then lost would count as taken.
    const longestMs = Math.max(250, (acceptedToBound * 1_500) / perSecond);
    const slower = this.#rate.cut(this.#empty.upperBound(now, this.#accepted, acceptedToBound, longestMs));
    if (this.#throttledInRow < 2) return;
    const pauseMs = 2_000 / slower; // the next token is near
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
    return closedFor === "throttled" || (closedFor === "outage" && wish !== circuitProbe);
  }

  get #isFull(): boolean {
    const useful = Math.max(this.#concurrency.limit, (this.perSecond ?? 0) * harmlessS);
    const most = Math.min(this.#options.maxConcurrent, useful);
    return this.#gate.closedFor === undefined && this.inFlight + 1 > most; // a circuit's probe goes in spite of calls that hang
  }

  #paceInMs(now: number, wish: Wish): number {
    const { perSecond } = this;
    if (perSecond === undefined) return 0;
    this.#pace.change(now, perSecond, 1 + perSecond * catchUpS);
    return this.#pace.readyInMs(now, wish);
  }

  // Where some calls fail all the time, more in a row are needed to tell an outage from chance.
  get #looksBroken(): boolean {
    const byChance = Math.log(1e-4) / Math.log(Math.min(this.#failedRatio, 0.5));
    return this.#failedInRow >= Math.max(failuresToClose, byChance);
  }
}
