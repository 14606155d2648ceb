/** What a heap keeps of its own on an entry. */
export interface HeapEntry {
  dueAt: number;
  /** Which of those that fall due together came first. */
  order: number;
  /** In the heap; 0 for one that is in none. */
  place: number;
}

/** Entries by when they fall due: a binary heap, in which one that falls due last of all is added in one step. */
export class DueHeap<Entry extends HeapEntry> {
  /** From 1 on: the parent of `n` is `n / 2`, and an array that is never empty keeps its memory from call to call. */
  readonly #entries: (Entry | undefined)[] = [undefined];
  #added = 0;

  /** The one that falls due first. */
  get first(): Entry | undefined {
    return this.#entries[1];
  }

  add(entry: Entry): void {
    this.#added += 1;
    entry.order = this.#added;
    this.#rise(entry, this.#entries.length);
  }

  /** Takes out an entry that is in this heap. */
  remove(entry: Entry): void {
    const { place } = entry;
    const last = this.#entries.pop()!;
    entry.place = 0;
    if (last === entry) return;
    const above = this.#entries[place >> 1];
    if (above !== undefined && isSooner(last, above)) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #rise(entry: Entry, from: number): void {
    let place = from;
    for (;;) {
      const above = this.#entries[place >> 1];
      if (above === undefined || !isSooner(entry, above)) break;
      this.#put(above, place);
      place >>= 1;
    }
    this.#put(entry, place);
  }

  #sink(entry: Entry, from: number): void {
    let place = from;
    for (;;) {
      const below = this.#soonerBelow(place);
      if (below === undefined || !isSooner(below, entry)) break;
      const { place: free } = below;
      this.#put(below, place);
      place = free;
    }
    this.#put(entry, place);
  }

  #soonerBelow(place: number): Entry | undefined {
    const left = this.#entries[2 * place];
    const right = this.#entries[2 * place + 1];
    return left !== undefined && right !== undefined && isSooner(right, left) ? right : left;
  }

  #put(entry: Entry, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}

function isSooner(one: HeapEntry, other: HeapEntry): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}
