import type { Outage } from "./outage.ts";

/** How a circuit that has just closed lets traffic back in. */
export interface RampUpOptions {
  /** How long until all calls are admitted, in milliseconds. */
  readonly durationMs: number;
  /** The share admitted at first; it grows evenly to 1. Above 0, at most 1. Default 0.1. */
  readonly initialShare?: number | undefined;
}

/** Admits a growing share of the calls, evenly spaced rather than by chance: at 0.25 every fourth. */
export class RampUp {
  readonly startedAtMs: number;
  /** What the circuit is recovering from: a trip during the ramp-up goes on from there. */
  readonly outage: Outage;
  readonly #durationMs: number;
  readonly #initialShare: number;
  #credit = 0;

  constructor({ durationMs, initialShare = 0.1 }: RampUpOptions, startedAtMs: number, outage: Outage) {
    this.startedAtMs = startedAtMs;
    this.outage = outage;
    this.#durationMs = durationMs;
    this.#initialShare = initialShare;
  }

  /** The share of calls admitted, 0 to 1. */
  share(atMs: number): number {
    const passed = Math.min(1, (atMs - this.startedAtMs) / this.#durationMs);
    return this.#initialShare + (1 - this.#initialShare) * passed;
  }

  remainingMs(atMs: number): number {
    return Math.max(0, this.startedAtMs + this.#durationMs - atMs);
  }

  /** Whether this call is among those admitted. */
  admits(atMs: number): boolean {
    this.#credit += this.share(atMs);
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}
