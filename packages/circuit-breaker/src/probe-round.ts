import type { Clock, Timer } from "@holdfast/errors/policy";
import type { CircuitSettings } from "./circuit-settings.ts";
import { unref } from "./unref.ts";

/** A call let through a half-open circuit. */
export interface Probe {
  readonly kind: "probe";
  readonly round: ProbeRound;
  readonly startedAtMs: number;
  watchdog: Timer;
}

/** How a probe ended: `ignored` ones give their place to the next call. */
export type ProbeResult = "passed" | "failed" | "ignored";

/** What the probes so far come to. */
export type RoundResult = "passed" | "failed" | "undecided";

/**
 * The probes of one half-open state: at most `probes` of them are made, `successes` of them must pass, and it is
 * decided as soon as it can be. One that does not settle in time is failed by a watchdog.
 */
export class ProbeRound {
  readonly #options: CircuitSettings["halfOpen"];
  readonly #clock: Clock;
  readonly #onHung: (probe: Probe) => void;
  readonly #inFlight: Set<Probe> = new Set();
  readonly #waiting: Set<() => void> = new Set();
  #passed = 0;
  #failed = 0;

  constructor(options: CircuitSettings["halfOpen"], clock: Clock, onHung: (probe: Probe) => void) {
    this.#options = options;
    this.#clock = clock;
    this.#onHung = onHung;
  }

  get passed(): number {
    return this.#passed;
  }

  get failed(): number {
    return this.#failed;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get hasPlace(): boolean {
    return this.#passed + this.#failed + this.#inFlight.size < this.#options.probes;
  }

  start(): Probe {
    const probe: Probe = { kind: "probe", round: this, startedAtMs: this.#clock.monotonic(), watchdog: undefined };
    this.#inFlight.add(probe);
    probe.watchdog = this.#clock.setTimeout(() => this.#onHung(probe), this.#options.probeTimeoutMs);
    unref(probe.watchdog);
    return probe;
  }

  settle(probe: Probe, result: ProbeResult): RoundResult {
    if (!this.#inFlight.delete(probe)) return "undecided"; // it was failed by the watchdog, or the round is over
    this.#clock.clearTimeout(probe.watchdog);
    if (result === "passed") this.#passed++;
    else if (result === "failed") this.#failed++;
    else this.#wake();
    if (this.#passed >= this.#options.successes) return "passed";
    return this.#failed > this.#options.probes - this.#options.successes ? "failed" : "undecided";
  }

  /** At most how long the places stay taken: then the watchdog frees the oldest probe's. */
  busyForMs(): number {
    const [oldest] = this.#inFlight;
    return this.hasPlace || oldest === undefined ? 0 : this.#remainingMs(oldest);
  }

  /** A probe whose time is over although its watchdog has not come. */
  overdue(): Probe | undefined {
    const [oldest] = this.#inFlight;
    return oldest !== undefined && this.#remainingMs(oldest) === 0 ? oldest : undefined;
  }

  /** Calls `wake` once a place is free or the round is over; gives back how to stop waiting, or nothing if the queue is full. */
  wait(wake: () => void): (() => void) | undefined {
    if (this.#waiting.size >= this.#options.maxQueued) return undefined;
    this.#waiting.add(wake);
    return () => {
      this.#waiting.delete(wake);
    };
  }

  /** Ends the round: stops the watchdogs, and wakes who waits. */
  end(): void {
    for (const probe of this.#inFlight) this.#clock.clearTimeout(probe.watchdog);
    this.#inFlight.clear();
    this.#wake();
  }

  #remainingMs({ startedAtMs }: Probe): number {
    return Math.max(0, startedAtMs + this.#options.probeTimeoutMs - this.#clock.monotonic());
  }

  // All of them: whoever is woken may have been given up meanwhile, and the place would be lost.
  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
