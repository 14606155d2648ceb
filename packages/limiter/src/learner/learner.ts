import { Concurrency } from "./concurrency.ts";
import { EmptyMoments } from "./empty-moments.ts";
import { Gate } from "./gate.ts";
import { Pace } from "./pace.ts";
import { tuning as defaultTuning, type Tuning } from "./tuning.ts";

export interface LearnerOptions {
  readonly maxConcurrent: number;
  readonly tuning?: Tuning | undefined;
  readonly onRate?: ((perSecond: number, reason: RateChange) => void) | undefined;
}

export type RateChange = "learnt" | "throttled" | "grown";

/** What is known of a call that was sent: its number and when, in milliseconds. */
export interface Sent {
  readonly number: number;
  readonly at: number;
}

/**
 * Learns at what rate a server takes calls, from what becomes of those it was sent, and says when the next may go.
 * Knows no timers, promises or queues: time is passed in, in milliseconds of any clock that never goes back.
 */
export class Learner {
  readonly #tuning: Tuning;
  readonly #gate = new Gate();
  readonly #pace: Pace;
  readonly #empty = new EmptyMoments();
  readonly #concurrency: Concurrency;
  readonly #onRate: ((perSecond: number, reason: RateChange) => void) | undefined;
  #perSecond = Number.POSITIVE_INFINITY;
  #reportedPerSecond = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  #sent = 0;
  #accepted = 0;
  #cutAfter = 0;
  #throttledInRow = 0;
  #failedInRow = 0;
  #quietMs = 0;
  #grownAt = 0;
  #latencyMs = 0;

  constructor({ maxConcurrent, tuning = defaultTuning, onRate }: LearnerOptions) {
    this.#tuning = tuning;
    this.#pace = new Pace(tuning.catchUpMs);
    this.#concurrency = new Concurrency(tuning.firstWindow, maxConcurrent);
    this.#onRate = onRate;
  }

  get perSecond(): number {
    return this.#perSecond;
  }
  get inFlight(): number {
    return this.#inFlight;
  }
  get sent(): number {
    return this.#sent;
  }
  get maxInFlight(): number {
    return Math.floor(this.#concurrency.limit);
  }
  get gate(): Gate {
    return this.#gate;
  }

  /** Whether a call may be sent now; if so, it has been. `waited` says that it had to wait. */
  admit(now: number, waited: boolean): boolean {
    if (this.#gate.closed) {
      if (!this.#gate.admitProbe(now)) return false;
    } else {
      if (this.#inFlight >= Math.floor(this.#concurrency.limit)) return false;
      this.#grow(now, waited);
      if (!this.#pace.take(now, this.#perSecond)) return false;
    }
    this.#inFlight += 1;
    this.#sent += 1;
    return true;
  }

  /** Milliseconds until a call may be sent; `Infinity` if only an answer can make it so. */
  readyInMs(now: number): number {
    if (this.#gate.closed) return this.#gate.readyInMs(now);
    if (this.#inFlight >= Math.floor(this.#concurrency.limit)) return Number.POSITIVE_INFINITY;
    return this.#pace.readyInMs(now, this.#perSecond);
  }

  /** The server took the call, whether or not it liked it. */
  answered(number: number, sentAt: number, now: number): void {
    this.#concurrency.answered(now - sentAt, this.#inFlight, now);
    this.#latencyMs = now - sentAt;
    this.#inFlight -= 1;
    this.#accepted += 1;
    this.#failedInRow = 0;
    if (number > this.#cutAfter) this.#throttledInRow = 0;
    if (this.#gate.isProbe(number)) this.#reopen(now);
  }

  /** The server, or the way to it, failed. */
  failed(number: number, _sentAt: number, now: number): void {
    this.#inFlight -= 1;
    this.#accepted += 1; // it may have cost a token, which keeps the bound on the safe side
    this.#failedInRow += 1;
    if (this.#gate.isProbe(number)) {
      const state = this.#gate.state;
      if (state.is === "closed" && state.why === "throttled") this.#closeForOutage(now);
      else this.#gate.probeFailed(now);
    } else if (!this.#gate.closed && this.#failedInRow >= this.#tuning.failuresToClose) this.#closeForOutage(now);
  }

  /** The call was never sent, or given up: it teaches nothing. */
  unsent(number: number): void {
    this.#inFlight -= 1;
    if (this.#gate.isProbe(number)) this.#gate.probeUnsent();
  }

  throttled(number: number, sentAt: number, now: number): void {
    this.#inFlight -= 1;
    this.#failedInRow = 0;
    this.#latencyMs = now - sentAt;
    const state = this.#gate.state;
    if (state.is === "closed") {
      if (number <= state.after) return;
      if (state.why === "throttled") {
        this.#gate.probeFailed(now);
        return;
      }
      this.#reopen(now);
    }
    if (number <= this.#cutAfter) return;
    this.#throttledInRow += 1;
    this.#cutAfter = this.#sent;
    if (this.#perSecond === Number.POSITIVE_INFINITY) this.#firstCut(now);
    else this.#cut(now);
    this.#empty.add(now, this.#accepted);
    this.#quietMs = 0;
  }

  #firstCut(now: number): void {
    const bound = this.#empty.upperBound(now, this.#accepted, 2);
    if (bound === Number.POSITIVE_INFINITY) {
      this.#concurrency.restart(1);
      this.#closeForThrottle(now);
      return;
    }
    this.#setRate(bound, "learnt");
    this.#concurrency.allow(this.#tuning.firstWindow * 4);
    this.#pace.restart(now);
  }

  #cut(now: number): void {
    const bound = this.#empty.upperBound(now, this.#accepted, this.#tuning.boundAccepted);
    this.#setRate(Math.min(this.#perSecond * (1 - this.#tuning.cut), bound), "throttled");
    if (this.#throttledInRow >= 2) this.#closeForThrottle(now);
  }

  #closeForThrottle(now: number): void {
    const intervalMs = this.#perSecond === Number.POSITIVE_INFINITY ? this.#latencyMs : 1000 / this.#perSecond;
    this.#gate.close("throttled", now, this.#sent, {
      firstMs: intervalMs * 2,
      factor: 1.5,
      maxMs: Math.max(this.#tuning.maxThrottlePauseMs, intervalMs),
    });
  }

  #closeForOutage(now: number): void {
    this.#gate.close("outage", now, this.#sent, {
      firstMs: this.#tuning.outagePauseMs,
      factor: 2,
      maxMs: this.#tuning.maxOutagePauseMs,
    });
  }

  #reopen(now: number): void {
    this.#gate.open();
    this.#pace.restart(now);
    this.#grownAt = now;
    this.#throttledInRow = 0;
  }

  #setRate(perSecond: number, reason: RateChange): void {
    this.#perSecond = Math.max(perSecond, 0.1);
    if (reason === "grown" && this.#perSecond < this.#reportedPerSecond * 1.1) return;
    this.#reportedPerSecond = this.#perSecond;
    this.#onRate?.(this.#perSecond, reason);
  }

  #grow(now: number, waited: boolean): void {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return;
    const elapsedMs = Math.min(now - this.#grownAt, 2000 / this.#perSecond + 50);
    this.#grownAt = now;
    if (!waited || elapsedMs <= 0) return;
    const { cut, throttledRatio, referencePerSecond, fairness, maxThrottledRatio } = this.#tuning;
    const ratio = Math.min(maxThrottledRatio, throttledRatio * (referencePerSecond / this.#perSecond) ** fairness);
    const throttlesPerMs = (ratio * this.#perSecond) / 1000;
    this.#quietMs += elapsedMs;
    const doublings = (this.#quietMs * throttlesPerMs) / this.#tuning.doublingIntervals;
    const growthPerMs = Math.min(cut * throttlesPerMs * 2 ** doublings, this.#tuning.maxGrowthPerSecond / 1000);
    this.#setRate(this.#perSecond * Math.exp(growthPerMs * elapsedMs), "grown");
  }
}
