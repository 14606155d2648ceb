/** Closed for a while: one call at a time goes through, to see whether the way is clear. */
export type GateState =
  | { readonly is: "open" }
  | {
      readonly is: "closed";
      readonly why: "throttled" | "outage";
      /** The last call sent before it closed. */
      readonly after: number;
      readonly since: number;
      readonly pauseMs: number;
      readonly maxPauseMs: number;
      readonly factor: number;
      readonly probeAt: number;
      readonly probing: boolean;
    };

export interface Pauses {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** Stops the flow while it cannot succeed, and lets single probes through after pauses that grow. */
export class Gate {
  #state: GateState = { is: "open" };

  get state(): GateState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#state.is === "closed";
  }

  close(why: "throttled" | "outage", now: number, lastSent: number, { firstMs, factor, maxMs }: Pauses): void {
    const pauseMs = Math.min(firstMs, maxMs);
    this.#state = {
      is: "closed",
      why,
      after: lastSent,
      since: now,
      pauseMs,
      maxPauseMs: maxMs,
      factor,
      probeAt: now + pauseMs,
      probing: false,
    };
  }

  open(): void {
    this.#state = { is: "open" };
  }

  /** Whether a call may go through as the probe; if so, it has. */
  admitProbe(now: number): boolean {
    if (this.#state.is === "open" || this.#state.probing || now < this.#state.probeAt) return false;
    this.#state = { ...this.#state, probing: true };
    return true;
  }

  /** Whether this call was sent since the gate closed, and so is its probe. */
  isProbe(sent: number): boolean {
    return this.#state.is === "closed" && sent > this.#state.after;
  }

  /** The probe failed: wait longer before the next. */
  probeFailed(now: number): void {
    if (this.#state.is === "open") return;
    const pauseMs = Math.min(this.#state.pauseMs * this.#state.factor, this.#state.maxPauseMs);
    this.#state = { ...this.#state, pauseMs, probeAt: now + pauseMs, probing: false };
  }

  /** The probe was never sent: another may go at once. */
  probeUnsent(): void {
    if (this.#state.is === "closed") this.#state = { ...this.#state, probing: false };
  }

  /** Milliseconds until a probe may go; `Infinity` while one is under way. */
  readyInMs(now: number): number {
    if (this.#state.is === "open") return 0;
    return this.#state.probing ? Number.POSITIVE_INFINITY : Math.max(0, this.#state.probeAt - now);
  }
}
