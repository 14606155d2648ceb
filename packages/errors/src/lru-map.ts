import { Line, Place } from "./line.ts";

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
  /** The one unused for longest is its first. */
  readonly #byUse = new Line<Entry<Value>>();

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
    const newest = this.#byUse.last;
    if (newest?.key === key) return newest.value;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.leave();
    this.#byUse.join(entry);
    this.#dropOne();
    return entry.value;
  }

  /** The value of a key, whose use this is not. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Adds a value under a new key, and gives it back; the one unused for longest goes for it. */
  add(key: string, value: Value): Value {
    const entry = new Entry(key, value);
    this.#entries.set(key, entry);
    this.#byUse.join(entry);
    this.#dropOne();
    return value;
  }

  delete(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    entry.leave();
    return entry.value;
  }

  /** The values, the last used first. */
  values(): Value[] {
    return Array.from(this.#byUse, ({ value }) => value).reverse();
  }

  /** The keys and values, the last used last. */
  entries(): [key: string, value: Value][] {
    return Array.from(this.#byUse, ({ key, value }) => [key, value]);
  }

  #dropOne(): void {
    if (this.#entries.size <= this.#capacity) return;
    for (const entry of this.#byUse) {
      if (entry === this.#byUse.last) return; // what was asked for last stays
      const { key, value } = entry;
      if (!this.#mayDrop(value)) continue;
      this.delete(key);
      this.#onDrop?.(key, value);
      return;
    }
  }
}

class Entry<Value> extends Place {
  readonly key: string;
  readonly value: Value;

  constructor(key: string, value: Value) {
    super();
    this.key = key;
    this.value = value;
  }
}
