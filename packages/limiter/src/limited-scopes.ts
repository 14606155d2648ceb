import type { LimitedScope } from "./limited-scope.ts";

/** Scopes by key. Beyond `maxScopes`, the one used longest ago is forgotten, unless calls are under way in it. */
export class LimitedScopes {
  readonly #scopesByKey = new Map<string, LimitedScope>();
  readonly #maxScopes: number;
  readonly #make: (key: string) => LimitedScope;
  readonly #onForget: (key: string) => void;
  #latestKey: string | undefined;
  #latest: LimitedScope | undefined;

  constructor(maxScopes: number, make: (key: string) => LimitedScope, onForget: (key: string) => void) {
    this.#maxScopes = maxScopes;
    this.#make = make;
    this.#onForget = onForget;
  }

  get(key: string): LimitedScope {
    if (this.#latest !== undefined && this.#latestKey === key) return this.#latest;
    const scope = this.#scopesByKey.get(key) ?? this.#make(key);
    this.#scopesByKey.delete(key); // a Map keeps the order in which keys were set: the first is the one used longest ago
    this.#scopesByKey.set(key, scope);
    this.#latestKey = key;
    this.#latest = scope;
    if (this.#scopesByKey.size > this.#maxScopes) this.#forgetOldest();
    return scope;
  }

  entries(): IterableIterator<[string, LimitedScope]> {
    return this.#scopesByKey.entries();
  }

  #forgetOldest(): void {
    for (const [key, scope] of this.#scopesByKey) {
      if (key === this.#latestKey || !scope.idle) continue;
      this.#scopesByKey.delete(key);
      this.#onForget(key);
      return;
    }
  }
}
