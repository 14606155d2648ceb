interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  newer: Entry<Value> | undefined;
  older: Entry<Value> | undefined;
}

/** What happens where there is one value too many. */
export interface LruMapOptions<Value> {
  /** Whether a value may go now: while none may, the map outgrows its capacity; then one goes at each use. Default: any may. */
  readonly mayDrop?: ((value: Value) => boolean) | undefined;
  /** Called when a value has gone for another; not for `delete`. */
  readonly onDrop?: ((key: string, value: Value) => void) | undefined;
}

/** A map that keeps the `capacity` values last used. */
export class LruMap<Value> {
  readonly #capacity: number;
  readonly #mayDrop: (value: Value) => boolean;
  readonly #onDrop: ((key: string, value: Value) => void) | undefined;
  readonly #entries: Map<string, Entry<Value>> = new Map();
  #newest: Entry<Value> | undefined;
  #oldest: Entry<Value> | undefined;

  constructor(capacity: number, { mayDrop = () => true, onDrop }: LruMapOptions<Value> = {}) {
    this.#capacity = capacity;
    this.#mayDrop = mayDrop;
    this.#onDrop = onDrop;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which is then the last used. */
  get(key: string): Value | undefined {
    if (this.#newest?.key === key) return this.#newest.value;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#unlink(entry);
    this.#link(entry);
    this.#dropOne();
    return entry.value;
  }

  /** The value of a key, whose use this is not. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Adds a value under a new key, and gives it back; the one unused for longest goes for it. */
  add(key: string, value: Value): Value {
    const entry: Entry<Value> = { key, value, newer: undefined, older: undefined };
    this.#entries.set(key, entry);
    this.#link(entry);
    this.#dropOne();
    return value;
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

  /** The keys and values, the last used last. */
  *entries(): Generator<[key: string, value: Value], void> {
    for (let entry = this.#oldest; entry !== undefined; entry = entry.newer) yield [entry.key, entry.value];
  }

  #dropOne(): void {
    if (this.#entries.size <= this.#capacity) return;
    for (let entry = this.#oldest; entry !== undefined && entry !== this.#newest; entry = entry.newer) {
      const { key, value } = entry;
      if (!this.#mayDrop(value)) continue;
      this.delete(key);
      this.#onDrop?.(key, value);
      return;
    }
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
