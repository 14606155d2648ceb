import { Concurrency } from "./concurrency.ts";
import { EmptyMoments } from "./empty-moments.ts";
import { Gate } from "./gate.ts";
import { LearntRate, type RateChange } from "./learnt-rate.ts";
import { Pace } from "./pace.ts";
import { tuning as defaultTuning, type Tuning } from "./tuning.ts";

export interface LearnerOptions {
  /** Most calls in flight, whatever is learnt. */
  readonly maxConcurrent: number;
  /** Uniform in [0, 1): spreads the probes of processes that stopped together. */
  readonly random: () => number;
  readonly tuning?: Tuning | undefined;
  readonly onRate?: ((perSecond: number, reason: RateChange) => void) | undefined;
}

/**
 * Learns at what rate a server takes calls, from what becomes of those it was sent, and says when the next may go.
 *
 * Calls are known by their number: the first sent is 1. There are no timers, promises or queues here: time is
 * passed in, in milliseconds of any clock that never goes back, so that hours are simulated in milliseconds.
 */
export class Learner {
  readonly #tuning: Tuning;
  readonly #maxConcurrent: number;
  readonly #rate: LearntRate;
  readonly #pace: Pace;
  readonly #concurrency: Concurrency;
  readonly #gate: Gate;
  readonly #empty = new EmptyMoments();
  #inFlight = 0;
  #sent = 0;
  #accepted = 0;
  /** The last call sent before the rate was last cut: what becomes of it and those before says nothing new. */
  #cutAfter = 0;
  #throttledInRow = 0;
  #failedInRow = 0;
  #failedRatio = 0;
  #latencyMs = 0;

  constructor({ maxConcurrent, random, tuning = defaultTuning, onRate }: LearnerOptions) {
    this.#gate = new Gate(random);
    this.#tuning = tuning;
    this.#maxConcurrent = maxConcurrent;
    this.#rate = new LearntRate(tuning, onRate);
    this.#pace = new Pace(tuning.catchUpMs);
    this.#concurrency = new Concurrency(tuning.firstWindow, maxConcurrent);
  }

  /** Calls per second it lets through; `Infinity` while no limit is known. */
  get perSecond(): number {
    return this.#rate.perSecond;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many were sent, and so the number of the last. */
  get sent(): number {
    return this.#sent;
  }

  /** Whether only single probes go through, for an outage or because the limit is used up. */
  get probing(): boolean {
    return this.#gate.closed;
  }

  /** Whether the server, or the way to it, seems to be broken. */
  get inOutage(): boolean {
    return this.#gate.closedFor === "outage";
  }

  /** Calls that may be in flight at once. */
  get maxInFlight(): number {
    const harmless = this.#rate.known ? (this.#rate.perSecond * this.#tuning.harmlessMs) / 1_000 : 0;
    return Math.min(this.#maxConcurrent, Math.floor(Math.max(this.#concurrency.limit, harmless)));
  }

  /** Whether a call may be sent now; if so, it has been. `waited` says whether calls had to wait until now. */
  admit(now: number, waited: boolean): boolean {
    if (this.#gate.closed) {
      if (!this.#gate.admitProbe(now)) return false;
    } else {
      if (this.#inFlight >= this.maxInFlight) return false;
      this.#rate.grow(now, waited);
      if (!this.#pace.take(now, this.#rate.perSecond)) return false;
    }
    this.#inFlight += 1;
    this.#sent += 1;
    return true;
  }

  /** Something else shows that an outage may be over: the next probe need not wait. */
  probeNow(now: number): void {
    if (this.inOutage) this.#gate.probeNow(now);
  }

  /** Milliseconds until a call may be sent; `Infinity` if only an answer can make it so. */
  readyInMs(now: number): number {
    if (this.#gate.closed) return this.#gate.readyInMs(now);
    if (this.#inFlight >= this.maxInFlight) return Number.POSITIVE_INFINITY;
    return this.#pace.readyInMs(now, this.#rate.perSecond);
  }

  /** The server took the call, whether or not it liked it. */
  answered(number: number, sentAt: number, now: number): void {
    this.#concurrency.answered(now - sentAt, this.#inFlight, now);
    this.#latencyMs = now - sentAt;
    this.#inFlight -= 1;
    this.#accepted += 1;
    this.#failedInRow = 0;
    this.#failedRatio -= this.#failedRatio * failureMemory;
    if (number > this.#cutAfter) this.#throttledInRow = 0;
    if (this.#gate.isProbe(number)) this.#reopen(now);
  }

  /** The server refused the call because they come too fast. */
  throttled(number: number, sentAt: number, now: number): void {
    this.#inFlight -= 1;
    this.#failedInRow = 0;
    this.#latencyMs = now - sentAt;
    if (this.#gate.closed) {
      if (!this.#gate.isProbe(number)) return;
      if (this.#gate.closedFor === "throttled") {
        this.#gate.probeFailed(now);
        return;
      }
      this.#reopen(now); // it throttles, so it is back
    }
    if (number <= this.#cutAfter) return;
    this.#cutAfter = this.#sent;
    this.#throttledInRow += 1;
    if (this.#rate.known) this.#cut(now);
    else this.#search(now);
    this.#empty.add(now, this.#accepted);
  }

  /** The server, or the way to it, is broken. */
  failed(number: number, now: number): void {
    this.#inFlight -= 1;
    this.#accepted += 1; // it may have cost a token; to count it keeps the bound on the rate a bound
    this.#failedInRow += 1;
    if (this.#failedInRow <= 2) this.#failedRatio += (1 - this.#failedRatio) * failureMemory;
    if (this.#gate.isProbe(number)) {
      if (this.#gate.closedFor === "outage") this.#gate.probeFailed(now);
      else this.#closeForOutage(now);
    } else if (!this.#gate.closed && this.#failedInRow >= this.#failuresToClose) this.#closeForOutage(now);
  }

  /** The call was never sent, or given up: it teaches nothing. */
  unsent(number: number): void {
    this.#inFlight -= 1;
    if (this.#gate.isProbe(number)) this.#gate.probeUnsent();
  }

  // Until two throttles have bounded the rate: pause, then probe with few calls in flight, as at the start.
  #search(now: number): void {
    const bound = this.#empty.upperBound(now, this.#accepted, 2, Number.POSITIVE_INFINITY);
    if (bound === Number.POSITIVE_INFINITY) {
      this.#concurrency.restart(1);
      this.#closeForThrottle(now);
      return;
    }
    this.#rate.learn(bound);
    this.#concurrency.allow(this.#tuning.firstWindow * 4);
    this.#pace.restart(now);
  }

  #cut(now: number): void {
    const { acceptedToBound } = this.#tuning;
    // Longer ago than this, the bucket may have been full meanwhile, and what it then lost would count as taken.
    const longestMs = Math.max(250, (acceptedToBound * 1_500) / this.#rate.perSecond);
    this.#rate.cut(this.#empty.upperBound(now, this.#accepted, acceptedToBound, longestMs));
    if (this.#throttledInRow >= 2) this.#closeForThrottle(now);
  }

  // With a rate known, the next token is near. With none, this may be one of thousands of clients on one limit.
  #closeForThrottle(now: number): void {
    const { unknownPauseMs, maxUnknownPauseMs, maxKnownPauseMs } = this.#tuning;
    const intervalMs = 1_000 / this.#rate.perSecond;
    this.#gate.close(
      "throttled",
      now,
      this.#sent,
      this.#rate.known
        ? { firstMs: intervalMs * 2, factor: 1.5, maxMs: Math.max(maxKnownPauseMs, intervalMs * 2), spread: 0.2 }
        : { firstMs: Math.max(unknownPauseMs, this.#latencyMs * 2), factor: 2, maxMs: maxUnknownPauseMs, spread: 0.2 },
    );
  }

  #closeForOutage(now: number): void {
    this.#empty.clear();
    this.#gate.close("outage", now, this.#sent, {
      firstMs: this.#tuning.outagePauseMs,
      factor: 3,
      maxMs: this.#tuning.maxOutagePauseMs,
      spread: 0.1,
    });
  }

  #reopen(now: number): void {
    this.#gate.open();
    this.#pace.restart(now);
    this.#rate.skipTo(now);
    this.#throttledInRow = 0;
  }

  // Where some calls fail all the time, more in a row are needed to tell an outage from chance.
  get #failuresToClose(): number {
    const byChance = Math.ceil(Math.log(1e-4) / Math.log(Math.min(this.#failedRatio, 0.5)));
    return Math.max(this.#tuning.failuresToClose, byChance);
  }
}

const failureMemory = 1 / 64;
