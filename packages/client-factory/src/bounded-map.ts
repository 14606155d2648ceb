/** A map that makes what it lacks, and forgets what it has had for longest when it has too many. */
export class BoundedMap<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  getOrMake(key: Key, make: () => Value): Value {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      this.#values.set(key, value);
      if (this.#values.size > this.#capacity) this.#forgetOldest();
    }
    return value;
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }

  #forgetOldest(): void {
    for (const key of this.#values.keys()) {
      this.#values.delete(key);
      return;
    }
  }
}
