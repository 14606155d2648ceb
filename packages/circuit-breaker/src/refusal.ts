import type { CircuitOpenFacts, RefusingState } from "@holdfast/errors";

/** A call that is not to be made, and what its error will say. */
export interface Refusal extends CircuitOpenFacts {
  readonly kind: "refused";
  readonly state: RefusingState;
  /** The failure that opened the circuit. */
  readonly failure: unknown;
}

const settled = Promise.resolve();

/**
 * A promise that rejects one microtask from now. Whoever is given it has attached a handler by then, so the
 * runtime need not note an unhandled rejection and take the note back, which costs more than the refusal.
 */
export function rejectSoon(reason: unknown): Promise<never> {
  return new Promise((_, reject) => {
    settled.then(() => {
      reject(reason);
    });
  });
}
