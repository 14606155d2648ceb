/** Leaves something on an error: its ledger, for `attemptsOf`. A primitive or a frozen object cannot carry it; the events tell it. */
export function attach(error: unknown, key: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  } catch {
    // no object, frozen, or a proxy that refuses
  }
}
