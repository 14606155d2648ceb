interface Happening {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is to happen, happens in order, and time jumps from one to the next. A binary heap. */
export class Timeline {
  #now = 0;
  #order = 0;
  readonly #heap: Happening[] = [];

  /** Milliseconds. */
  get now(): number {
    return this.#now;
  }

  at(at: number, run: () => void): void {
    const added = { at, order: this.#order++, run };
    let index = this.#heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!isBefore(added, above)) break;
      this.#heap[index] = above;
      index = parent;
    }
    this.#heap[index] = added;
  }

  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst();
      this.#now = next.at;
      next.run();
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      if (!isBefore(this.#heap[child]!, last)) break;
      this.#heap[index] = this.#heap[child]!;
      index = child;
    }
    this.#heap[index] = last;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
