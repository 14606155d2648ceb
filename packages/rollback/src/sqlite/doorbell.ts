import { availableParallelism } from "node:os";

// A writer that was just answered is back sooner than a blocked thread wakes, so the thread looks out for it for as long as a flush
// takes on a fast disk. On a single processor it would only be in the writer's way.
const lookOutMs = availableParallelism() > 1 ? 0.15 : 0;
const looksPerClockReading = 50;

/** Wakes a thread that has nothing to do: it blocks until rung, which takes less time than its event loop needs to wake. */
export class Doorbell {
  /** To be handed to the other thread. */
  readonly memory: SharedArrayBuffer;
  readonly #rings: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#rings = new Int32Array(memory);
  }

  /** How often it was rung. Read it before looking whether there is something to do: then no ring is missed. */
  get rings(): number {
    return Atomics.load(this.#rings, 0);
  }

  ring(): void {
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  /** Blocks the thread until it was rung more often than `rings`; `false` if it was not within `timeoutMs`. */
  wait(rings: number, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    if (this.#rungWithin(Math.min(lookOutMs, timeoutMs), rings)) return true;
    return Atomics.wait(this.#rings, 0, rings, timeoutMs) !== "timed-out";
  }

  #rungWithin(ms: number, rings: number): boolean {
    const until = performance.now() + ms;
    do {
      for (let look = 0; look < looksPerClockReading; look++) if (this.rings !== rings) return true;
    } while (performance.now() < until);
    return false;
  }
}
