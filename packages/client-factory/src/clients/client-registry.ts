import { assertDelayMs, assertInteger, type Clock, type Timer } from "@holdfast/errors/policy";
import type { ClientEntry } from "./client-entry.ts";

export interface ClientRegistryOptions {
  /** Most clients kept, those of assumed roles included. Integer ≥ 1. Default 1,000: about 20 MB. */
  readonly maxClients?: number | undefined;
  /** How long an unused client is kept, in milliseconds. Default 900,000: a quarter of an hour. */
  readonly idleMs?: number | undefined;
}

/** Takes an entry out of the place it was cached in. */
type Forget = () => void;

const roundsPerIdle = 4;

/**
 * All clients of a factory and of those made from it, with a cap on their number and on their idleness.
 * The least recently used go first. One with a request under way is destroyed when that is done.
 */
export class ClientRegistry {
  readonly #entries = new Map<ClientEntry, Forget>();
  /** Dropped, but not destroyed yet: a call was under way. */
  readonly #leaving = new Set<ClientEntry>();
  readonly #maxClients: number;
  readonly #roundMs: number;
  readonly #clock: Clock;
  #uses = 0;
  #round = 0;
  #evicted = 0;
  #timer: Timer;

  constructor({ maxClients = 1_000, idleMs = 900_000 }: ClientRegistryOptions, clock: Clock) {
    assertInteger("maxClients", maxClients, { min: 1 });
    assertDelayMs("idleMs", idleMs, { min: 1 });
    this.#maxClients = maxClients;
    this.#roundMs = Math.ceil(idleMs / roundsPerIdle);
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Clients dropped for want of room or use. */
  get evicted(): number {
    return this.#evicted;
  }

  add(entry: ClientEntry, forget: Forget): void {
    this.#entries.set(entry, forget);
    this.touch(entry);
    if (this.#entries.size > this.#maxClients) this.#evictOldest(entry);
    if (this.#timer === undefined) this.#scheduleSweep();
  }

  touch(entry: ClientEntry): void {
    this.#uses += 1;
    entry.usedAt = this.#uses;
    entry.usedIn = this.#round;
  }

  drop(entry: ClientEntry): void {
    const forget = this.#entries.get(entry);
    if (forget === undefined) return;
    this.#entries.delete(entry);
    forget();
    if (entry.busy) this.#leaving.add(entry);
    else entry.client.destroy();
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of [...this.#entries.keys()]) this.drop(entry);
    for (const entry of this.#leaving) entry.client.destroy();
    this.#leaving.clear();
  }

  #evictOldest(newest: ClientEntry): void {
    let oldest: ClientEntry | undefined;
    for (const entry of this.#entries.keys()) {
      if (entry !== newest && (oldest === undefined || entry.usedAt < oldest.usedAt)) oldest = entry;
    }
    if (oldest !== undefined) this.#evict(oldest);
  }

  #evict(entry: ClientEntry): void {
    this.#evicted += 1;
    this.drop(entry);
  }

  #scheduleSweep(): void {
    this.#timer = this.#clock.setTimeout(() => this.#sweep(), this.#roundMs);
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  // Rounds instead of times: a hit then costs no look at the clock.
  #sweep(): void {
    this.#round += 1;
    for (const entry of [...this.#entries.keys()]) {
      if (entry.busy) entry.usedIn = this.#round;
      else if (this.#round - entry.usedIn > roundsPerIdle) this.#evict(entry);
    }
    for (const entry of this.#leaving) {
      if (entry.busy) continue;
      entry.client.destroy();
      this.#leaving.delete(entry);
    }
    this.#timer = undefined;
    if (this.#entries.size + this.#leaving.size > 0) this.#scheduleSweep();
  }
}
