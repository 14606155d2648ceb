import { OptionError } from "@holdfast/errors";
import {
  assertDelayMs,
  assertInteger,
  assertKnownOptions,
  type Clock,
  Emitter,
  type Event,
  systemClock,
  type Timer,
} from "@holdfast/errors/policy";
import type { CircuitBreaker } from "./circuit-breaker-policy.ts";
import type { StateChangeEvent } from "./circuit-events.ts";
import type { CircuitReport, CircuitStore } from "./circuit-store.ts";
import type { CircuitsByKey } from "./circuits-by-key.ts";
import { FleetOutage } from "./fleet-outage.ts";
import { outagesIn } from "./fleet-quorum.ts";
import { unref } from "./unref.ts";
import { withinTime } from "./within-time.ts";

export interface ShareCircuitsOptions {
  readonly store: CircuitStore;
  /** This member's name; no two may have the same. Default: a random UUID. */
  readonly member?: string | undefined;
  /** How many other members must have opened a circuit for it to open here too. Integer ≥ 1. Default 2: one is not believed alone. */
  readonly quorum?: number | undefined;
  /** How often the store is read, in milliseconds; 0 leaves it to {@link SharedCircuits.refresh}, as in a Lambda. Default 5,000. */
  readonly refreshMs?: number | undefined;
  /** A circuit is opened on the word of others for at most this, in milliseconds. Default 60,000. */
  readonly maxOpenMs?: number | undefined;
  /** How long the store may take to answer, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const optionNames: Readonly<Record<keyof ShareCircuitsOptions, true>> = {
  store: true,
  member: true,
  quorum: true,
  refreshMs: true,
  maxOpenMs: true,
  timeoutMs: true,
  clock: true,
};

/** Something went wrong with the store. No call was affected. */
export interface ShareErrorEvent {
  readonly action: "report" | "withdraw" | "read";
  readonly error: unknown;
}

/** Circuits that learn from those of other processes. */
export interface SharedCircuits {
  readonly member: string;
  readonly onError: Event<ShareErrorEvent>;
  /** Reads the store now. Never rejects: what goes wrong is told by `onError`. */
  refresh(): Promise<void>;
  /** Stops sharing. The circuits go on by themselves. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Lets a fleet learn from its members: each reports the circuits that it opened by its own evidence, and opens one
 * when `quorum` others have, for as long as that many say so. From there on each probes for itself.
 *
 * What one member has only heard it does not report, so a rumour cannot feed itself; what it has found out itself,
 * by a probe that succeeded, it believes over whatever others said before. The store is never waited for by a call.
 *
 * @throws OptionError at once if an option is wrong.
 */
export function shareCircuits(circuits: CircuitBreaker | CircuitsByKey, options: ShareCircuitsOptions): SharedCircuits {
  return new Sharing(circuits, options);
}

class Sharing implements SharedCircuits {
  readonly member: string;
  readonly #circuits: CircuitBreaker | CircuitsByKey;
  readonly #store: CircuitStore;
  readonly #clock: Clock;
  readonly #quorum: number;
  readonly #refreshMs: number;
  readonly #maxOpenMs: number;
  readonly #timeoutMs: number;
  readonly #errors: Emitter<ShareErrorEvent> = new Emitter();
  readonly #subscription: { dispose(): void };
  /** What is written to the store, one after the other, lest a withdrawal overtake its report. */
  #writing: Promise<void> = Promise.resolve();
  /** When a circuit that others reported on was found well here, in milliseconds since the epoch. */
  readonly #foundWellAt: Map<string, number> = new Map();
  #timer: Timer;
  #closed = false;

  constructor(circuits: CircuitBreaker | CircuitsByKey, options: ShareCircuitsOptions) {
    assertKnownOptions("shareCircuits()", options, optionNames);
    const { store, member = crypto.randomUUID(), quorum = 2, refreshMs = 5_000, clock = systemClock } = options;
    const { maxOpenMs = 60_000, timeoutMs = 2_000 } = options;
    if (typeof store?.reports !== "function") throw new OptionError("store", "a circuit store", store);
    if (typeof member !== "string" || member === "") throw new OptionError("member", "a name", member);
    assertInteger("quorum", quorum, { min: 1 });
    assertDelayMs("refreshMs", refreshMs);
    assertDelayMs("maxOpenMs", maxOpenMs, { min: 1 });
    assertDelayMs("timeoutMs", timeoutMs, { min: 1 });
    this.member = member;
    this.#circuits = circuits;
    this.#store = store;
    this.#clock = clock;
    this.#quorum = quorum;
    this.#refreshMs = refreshMs;
    this.#maxOpenMs = maxOpenMs;
    this.#timeoutMs = timeoutMs;
    this.#subscription = circuits.onStateChange((event) => this.#tell(event));
    this.#schedule();
  }

  get onError(): Event<ShareErrorEvent> {
    return this.#errors.event;
  }

  async refresh(): Promise<void> {
    try {
      const reports = await withinTime((signal) => this.#store.reports(signal), this.#timeoutMs, this.#clock);
      if (!this.#closed) this.#learn(reports);
    } catch (error) {
      this.#errors.emit({ action: "read", error });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscription.dispose();
    this.#clock.clearTimeout(this.#timer);
    await this.#writing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #learn(reports: readonly CircuitReport[]): void {
    this.#forgetUnless(new Set(reports.map((report) => report?.circuit)));
    const now = this.#clock.now();
    for (const { circuit: name, members, openUntil, reportedAt } of outagesIn(
      reports,
      this.member,
      this.#quorum,
      now,
    )) {
      const circuit = this.#circuitOf(name);
      if (circuit?.state !== "closed" || (this.#foundWellAt.get(name) ?? 0) >= reportedAt) continue;
      circuit.trip(new FleetOutage(name, members), Math.min(openUntil - now, this.#maxOpenMs));
    }
  }

  #tell({ circuit, from, to, at, openMs = 0, error }: StateChangeEvent): void {
    if (to === "open" && !(error instanceof FleetOutage)) {
      const report = { circuit, member: this.member, reportedAt: at, openUntil: at + openMs };
      this.#write("report", (signal) => this.#store.report(report, signal));
    }
    if (to !== "closed" || from === "closed") return;
    this.#foundWellAt.set(circuit, at);
    this.#write("withdraw", (signal) => this.#store.withdraw(circuit, this.member, signal));
  }

  #forgetUnless(reportedOn: ReadonlySet<string>): void {
    for (const circuit of this.#foundWellAt.keys()) if (!reportedOn.has(circuit)) this.#foundWellAt.delete(circuit);
  }

  #write(action: "report" | "withdraw", write: (signal: AbortSignal) => Promise<void>): void {
    this.#writing = this.#writing
      .then(() => withinTime(write, this.#timeoutMs, this.#clock))
      .catch((error: unknown) => {
        this.#errors.emit({ action, error });
      });
  }

  #schedule(): void {
    if (this.#refreshMs === 0) return;
    this.#timer = this.#clock.setTimeout(() => {
      void this.refresh().then(() => {
        if (!this.#closed) this.#schedule();
      });
    }, this.#refreshMs);
    unref(this.#timer);
  }

  #circuitOf(name: string): CircuitBreaker | undefined {
    if (this.#circuits.kind === "circuits") return this.#circuits.get(name);
    return this.#circuits.name === name ? this.#circuits : undefined;
  }
}
