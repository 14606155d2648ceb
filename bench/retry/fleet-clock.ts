import type { Clock } from "../../packages/errors/src/policy-kit.ts";

interface Event {
  readonly at: number;
  readonly sequence: number;
  readonly happen: () => void;
}

/** Simulated time: events happen in order, and it is always the time of the one that happens. */
export class FleetClock implements Clock {
  #now = 0;
  #sequence = 0;
  readonly #heap: Event[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimeout(happen: () => void, delayMs: number): void {
    this.after(delayMs, happen);
  }

  clearTimeout(): void {
    throw new Error("What is simulated here never takes a timer back");
  }

  after(delayMs: number, happen: () => void): void {
    const event = { at: this.#now + delayMs, sequence: this.#sequence++, happen };
    let index = this.#heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, this.#heap[parent]!)) break;
      this.#heap[index] = this.#heap[parent]!;
      index = parent;
    }
    this.#heap[index] = event;
  }

  /** Runs until nothing more is to happen, or until `endMs`. */
  run(endMs = Number.POSITIVE_INFINITY): void {
    for (let event = this.#take(); event !== undefined && event.at <= endMs; event = this.#take()) {
      this.#now = event.at;
      event.happen();
    }
  }

  #take(): Event | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (let child = 1; child < this.#heap.length; child = 2 * index + 1) {
      if (child + 1 < this.#heap.length && before(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      if (!before(this.#heap[child]!, last)) break;
      this.#heap[index] = this.#heap[child]!;
      index = child;
    }
    this.#heap[index] = last;
    return first;
  }
}

function before(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}
