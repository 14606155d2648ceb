/** Why the flow is stopped: the limit is used up, or the server is broken. */
export type Closing = "throttled" | "outage";

// A probe that has not been answered for so long is taken for lost, and another may go.
const lostProbeMs = 10_000;
// By this share of it a pause may be shorter, by chance: processes that stopped together should not probe together.
const spread = 0.1;

/** Stops the flow while it cannot succeed, and lets single probes through, after pauses that double. */
export class Gate {
  readonly #random: () => number;
  /** Why it is closed; `undefined` while it is open. */
  closedFor: Closing | undefined;
  /** The last call sent before it closed. */
  #lastSent = 0;
  #pauseMs = 0;
  #maxPauseMs = 0;
  #readyAt = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  close(why: Closing, now: number, lastSent: number, firstPauseMs: number, maxPauseMs: number): void {
    this.closedFor = why;
    this.#lastSent = lastSent;
    this.#maxPauseMs = maxPauseMs;
    this.#pause(firstPauseMs, now);
  }

  open(): void {
    this.closedFor = undefined;
  }

  /** While it is closed: whether a call may go through as the probe; if so, it has. */
  admitProbe(now: number): boolean {
    if (this.readyInMs(now) > 0) return false;
    this.#readyAt = now + lostProbeMs;
    return true;
  }

  /** What the call of this number is a probe of: why the gate is closed, if it was sent since. */
  probedBy(number: number): Closing | undefined {
    return number > this.#lastSent ? this.closedFor : undefined;
  }

  /** Waits longer before the next. */
  probeFailed(now: number): void {
    this.#pause(this.#pauseMs * 2, now);
  }

  /** Another may go at once. */
  probeNow(now: number): void {
    this.#readyAt = now;
  }

  /** While it is closed: milliseconds until a probe may go; 0 or less if one may. */
  readyInMs(now: number): number {
    return this.#readyAt - now;
  }

  #pause(pauseMs: number, now: number): void {
    this.#pauseMs = Math.min(pauseMs, this.#maxPauseMs);
    this.#readyAt = now + this.#pauseMs * (1 - spread * this.#random());
  }
}
