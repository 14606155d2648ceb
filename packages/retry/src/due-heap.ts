/** What a heap keeps of its own on an entry. */
export interface HeapEntry {
  dueAt: number;
  /** Which of those that fall due together came first. */
  order: number;
  /** Whether it is in the heap still. */
  listed: boolean;
}

/**
 * Entries by when they fall due: a binary heap, in which one that falls due last of all is added in one step. One that
 * is taken out is only marked, also a step, and goes when half of them are.
 */
export class DueHeap<Entry extends HeapEntry> {
  /** From 1 on: the parent of `n` is `n / 2`, and an array that is never empty keeps its memory from call to call. */
  readonly #entries: (Entry | undefined)[] = [undefined];
  #added = 0;
  #gone = 0;

  /** The one that falls due first. */
  get first(): Entry | undefined {
    for (;;) {
      const first = this.#entries[1];
      if (first === undefined || first.listed) return first;
      this.#dropFirst();
    }
  }

  /** How many are kept in memory: those that are in, and those marked that have not gone yet. */
  get size(): number {
    return this.#entries.length - 1;
  }

  add(entry: Entry): void {
    this.#added += 1;
    entry.order = this.#added;
    entry.listed = true;
    this.#rise(entry);
  }

  /** Takes out an entry that is in this heap. */
  remove(entry: Entry): void {
    const entries = this.#entries;
    entry.listed = false;
    if (entries[entries.length - 1] === entry) entries.pop();
    else this.#gone += 1;
    if (2 * this.#gone >= entries.length) this.#sweep();
  }

  #sweep(): void {
    const kept = this.#entries.filter((entry) => entry?.listed);
    this.#entries.length = 1;
    this.#gone = 0;
    for (const entry of kept) this.#rise(entry!);
  }

  #rise(entry: Entry): void {
    const entries = this.#entries;
    let place = entries.length;
    for (;;) {
      const above = entries[place >> 1];
      if (above === undefined || !isSooner(entry, above)) break;
      entries[place] = above;
      place >>= 1;
    }
    entries[place] = entry;
  }

  #dropFirst(): void {
    const entries = this.#entries;
    const last = entries.pop()!;
    this.#gone -= 1;
    if (entries.length === 1) return;
    let place = 1;
    for (;;) {
      const below = this.#soonerBelow(place);
      if (below === 0 || !isSooner(entries[below]!, last)) break;
      entries[place] = entries[below];
      place = below;
    }
    entries[place] = last;
  }

  /** The place of the sooner of the two below; 0 where there is none. */
  #soonerBelow(place: number): number {
    const left = this.#entries[2 * place];
    const right = this.#entries[2 * place + 1];
    if (left === undefined) return 0;
    return right !== undefined && isSooner(right, left) ? 2 * place + 1 : 2 * place;
  }
}

function isSooner(one: HeapEntry, other: HeapEntry): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}
