import type { Clock, Timer } from "@holdfast/errors/policy";
import { PoolSaturatedError } from "./pool-saturated-error.ts";

export interface SocketGateOptions {
  readonly endpoint: string;
  readonly maxSockets: number;
  /** Requests that may wait per tier. */
  readonly maxQueued: number;
  readonly clock: Clock;
}

interface Waiter {
  admit(): void;
}

/**
 * Lets at most `maxSockets` requests to one host at a time, whichever client or tier they come from; the others
 * wait here, where they can be seen and aborted, and not in the agent. Each tier has a queue of its own, and the
 * queues take turns.
 */
export class SocketGate {
  readonly #options: SocketGateOptions;
  readonly #queues = new Map<string, Set<Waiter>>();
  #used = 0;

  constructor(options: SocketGateOptions) {
    this.#options = options;
  }

  /** Requests that hold a socket, or are about to open one. */
  get used(): number {
    return this.#used;
  }

  waiting(tier: string): number {
    return this.#queues.get(tier)?.size ?? 0;
  }

  /**
   * Resolves once the request may have a socket; then {@link leave} must be called exactly once.
   *
   * @throws PoolSaturatedError if the tier's queue is full, or after `maxWaitMs` in it.
   * Rejects with `signal.reason` as soon as the signal aborts.
   */
  enter(tier: string, maxWaitMs: number, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#used >= this.#options.maxSockets) return this.#wait(tier, maxWaitMs, signal);
    this.#used += 1;
    return undefined;
  }

  leave(): void {
    const next = this.#nextWaiter();
    if (next === undefined) this.#used -= 1;
    else next.admit(); // takes over the place: `used` stays
  }

  #wait(tier: string, maxWaitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, maxQueued } = this.#options;
    const queue = this.#queueOf(tier);
    if (queue.size >= maxQueued) return Promise.reject(this.#saturated(tier, 0));
    const since = clock.monotonic();
    return new Promise<void>((resolve, reject) => {
      let timer: Timer;
      const end = () => {
        queue.delete(waiter);
        clock.clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const waiter: Waiter = {
        admit() {
          end();
          resolve();
        },
      };
      const abort = () => {
        end();
        reject(signal?.reason);
      };
      timer = clock.setTimeout(() => {
        reject(this.#saturated(tier, clock.monotonic() - since)); // counted while it still waits
        end();
      }, maxWaitMs);
      signal?.addEventListener("abort", abort, { once: true });
      queue.add(waiter);
    });
  }

  #queueOf(tier: string): Set<Waiter> {
    let queue = this.#queues.get(tier);
    if (queue === undefined) {
      queue = new Set();
      this.#queues.set(tier, queue);
    }
    return queue;
  }

  // The queue that was served goes to the end of the round.
  #nextWaiter(): Waiter | undefined {
    for (const [tier, queue] of this.#queues) {
      const [first] = queue;
      if (first === undefined) continue;
      this.#queues.delete(tier);
      this.#queues.set(tier, queue);
      return first;
    }
    return undefined;
  }

  #saturated(tier: string, waitedMs: number): PoolSaturatedError {
    const { endpoint, maxSockets } = this.#options;
    return new PoolSaturatedError({ endpoint, tier, maxSockets, waiting: this.waiting(tier), waitedMs });
  }
}
