import type { Clock } from "@holdfast/errors/policy";
import type { JournalStore } from "./journal-store.ts";

/**
 * Tells whether an owner is dead, by its beat counter and our own monotonic clock: no clock is compared with another, so
 * none that jumps can take over a live owner.
 */
export class OwnerWatch {
  readonly #store: JournalStore;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #seenByOwner = new Map<
    string,
    { readonly beats: number; readonly since: number; readonly moved: boolean }
  >();

  constructor(store: JournalStore, clock: Clock, leaseMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /** `dead`: its process is gone, or its counter stood still for a lease. `alive`: its counter moved. `unsure`: look again. */
  async look(owner: string): Promise<"dead" | "alive" | "unsure"> {
    const sight = await this.#store.observe(owner);
    if (sight === undefined || sight.gone) return "dead";
    const now = this.#clock.monotonic();
    const seen = this.#seenByOwner.get(owner);
    if (seen === undefined || seen.beats !== sight.beats) {
      this.#seenByOwner.set(owner, { beats: sight.beats, since: now, moved: seen !== undefined });
      return seen === undefined ? "unsure" : "alive";
    }
    if (now - seen.since >= this.#leaseMs) return "dead";
    return seen.moved ? "alive" : "unsure";
  }
}
