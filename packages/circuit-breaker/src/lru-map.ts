interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  newer: Entry<Value> | undefined;
  older: Entry<Value> | undefined;
}

/** A map that keeps the `capacity` values last used. */
export class LruMap<Value> {
  readonly #capacity: number;
  readonly #entries: Map<string, Entry<Value>> = new Map();
  #newest: Entry<Value> | undefined;
  #oldest: Entry<Value> | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which is then the last used. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#link(entry);
    }
    return entry.value;
  }

  /** The value of a key, whose use this is not. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Adds a value under a new key; gives back the one that had to go for it. */
  add(key: string, value: Value): Value | undefined {
    const evicted = this.#entries.size >= this.#capacity ? this.#oldest : undefined;
    if (evicted !== undefined) this.delete(evicted.key);
    const entry: Entry<Value> = { key, value, newer: undefined, older: undefined };
    this.#entries.set(key, entry);
    this.#link(entry);
    return evicted?.value;
  }

  delete(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#unlink(entry);
    return entry.value;
  }

  /** The values, the last used first. */
  *values(): Generator<Value, void> {
    for (let entry = this.#newest; entry !== undefined; entry = entry.older) yield entry.value;
  }

  #link(entry: Entry<Value>): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  #unlink({ newer, older }: Entry<Value>): void {
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
  }
}
