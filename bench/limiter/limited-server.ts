import type { ServerFacts } from "./scenarios.ts";

/** What the server says to a call. */
export type Answer = "accepted" | "throttled" | "failed";

/** A server with a limit, without its wire: time is passed in, in milliseconds from the start. */
export class LimitedServer {
  readonly #facts: ServerFacts;
  readonly #random: () => number;
  #tokens: number;
  #at = 0;
  #window = -1;

  constructor(facts: ServerFacts, random: () => number) {
    this.#facts = facts;
    this.#random = random;
    this.#tokens = facts.burst;
  }

  answer(now: number, operation = ""): Answer {
    const { outage, failing = 0, unlimited = [] } = this.#facts;
    if (outage !== undefined && now >= outage.fromMs && now < outage.toMs) return "failed";
    if (failing > 0 && this.#random() < failing) return "failed";
    if (unlimited.includes(operation)) return "accepted";
    this.#refill(now);
    const cost = this.#cost();
    if (this.#tokens < cost) return "throttled";
    this.#tokens -= cost;
    return "accepted";
  }

  latencyMs(now: number): number {
    const { latencyMs, spikes } = this.#facts;
    const spiking = spikes !== undefined && now % spikes.everyMs < spikes.forMs;
    return spiking ? latencyMs + spikes.addMs : latencyMs;
  }

  #cost(): number {
    const { cost } = this.#facts;
    return cost !== undefined && this.#random() < cost.ratio ? cost.heavy : 1;
  }

  #refill(now: number): void {
    const { burst, window } = this.#facts;
    if (window !== undefined) {
      const current = Math.floor(now / window.ms);
      if (current !== this.#window) this.#tokens = window.calls;
      this.#window = current;
      return;
    }
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * this.#perSecond(now)) / 1_000);
    this.#at = now;
  }

  #perSecond(now: number): number {
    return this.#facts.limits.findLast(({ fromMs }) => now >= fromMs)?.perSecond ?? 0;
  }
}
