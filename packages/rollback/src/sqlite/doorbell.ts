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
    return Atomics.wait(this.#rings, 0, rings, timeoutMs) !== "timed-out";
  }
}
