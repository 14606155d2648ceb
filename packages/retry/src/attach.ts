/** Leaves something on an object that may not take it: an error that is a primitive, frozen, or a proxy that refuses. */
export function attach(holder: unknown, key: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(holder, key, { value, configurable: true, writable: true });
  } catch {
    // whoever would have found it there hears of it otherwise, or not at all
  }
}
