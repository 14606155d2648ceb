type GateState =
  | { readonly is: "open" }
  | {
      readonly is: "closed";
      readonly why: Closing;
      /** The last call sent before it closed. */
      readonly after: number;
      readonly pauses: Pauses;
      readonly pauseMs: number;
      readonly probeAt: number;
      /** Since when a probe is under way. */
      readonly probingSince: number | undefined;
    };

/** Why the flow is stopped: the limit is used up, or the server is broken. */
export type Closing = "throttled" | "outage";

export interface Pauses {
  readonly firstMs: number;
  /** Each pause is so many times as long as the one before. */
  readonly factor: number;
  readonly maxMs: number;
  /** By what share of it a pause may be shorter, by chance: processes that stopped together should not probe together. */
  readonly spread: number;
}

/** A probe that has not been answered for so long is taken for lost, and another may go. */
const lostProbeMs = 10_000;

/** Stops the flow while it cannot succeed, and lets single probes through, after pauses that grow. */
export class Gate {
  readonly #random: () => number;
  #state: GateState = { is: "open" };

  constructor(random: () => number) {
    this.#random = random;
  }

  get closed(): boolean {
    return this.#state.is === "closed";
  }

  get closedFor(): Closing | undefined {
    return this.#state.is === "closed" ? this.#state.why : undefined;
  }

  close(why: Closing, now: number, lastSent: number, pauses: Pauses): void {
    const pauseMs = Math.min(pauses.firstMs, pauses.maxMs);
    const probeAt = now + this.#shortened(pauseMs, pauses);
    this.#state = { is: "closed", why, after: lastSent, pauses, pauseMs, probeAt, probingSince: undefined };
  }

  open(): void {
    this.#state = { is: "open" };
  }

  /** Whether a call may go through as the probe; if so, it has. */
  admitProbe(now: number): boolean {
    if (this.#state.is === "open" || this.readyInMs(now) > 0) return false;
    this.#state = { ...this.#state, probingSince: now };
    return true;
  }

  /** Whether the call of this number was sent since the gate closed, and so is its probe. */
  isProbe(number: number): boolean {
    return this.#state.is === "closed" && number > this.#state.after;
  }

  /** Waits longer before the next. */
  probeFailed(now: number): void {
    if (this.#state.is === "open") return;
    const { pauses } = this.#state;
    const { factor, maxMs } = pauses;
    const pauseMs = Math.min(this.#state.pauseMs * factor, maxMs);
    this.#state = { ...this.#state, pauseMs, probeAt: now + this.#shortened(pauseMs, pauses), probingSince: undefined };
  }

  /** Another may go at once. */
  probeUnsent(): void {
    if (this.#state.is === "closed") this.#state = { ...this.#state, probingSince: undefined };
  }

  /** There is reason to hope: another may go at once, unless one is under way. */
  probeNow(now: number): void {
    if (this.#state.is === "closed") this.#state = { ...this.#state, probeAt: now };
  }

  /** Milliseconds until a probe may go. */
  readyInMs(now: number): number {
    if (this.#state.is === "open") return 0;
    const { probingSince, probeAt } = this.#state;
    return Math.max(0, (probingSince === undefined ? probeAt : probingSince + lostProbeMs) - now);
  }

  #shortened(pauseMs: number, { spread }: Pauses): number {
    return pauseMs * (1 - spread * this.#random());
  }
}
