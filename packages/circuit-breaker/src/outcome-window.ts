/** What a window holds. */
export interface WindowCounts {
  readonly calls: number;
  readonly failures: number;
  /** Calls slower than `slowCallMs`, failed ones included. */
  readonly slowCalls: number;
}

/** The last calls of a circuit: so many of them, or those of so long. Its cost does not grow with its length. */
export interface OutcomeWindow {
  record(failed: boolean, slow: boolean, atMs: number): void;
  counts(atMs: number): WindowCounts;
  /** As JSON, with times as ages at `atMs`. */
  save(atMs: number): readonly number[];
  /** Takes over what {@link save} gave, `ageMs` ago; says whether it fits this window. */
  load(saved: readonly number[], atMs: number, ageMs: number): boolean;
}

export const emptyWindow: WindowCounts = { calls: 0, failures: 0, slowCalls: 0 };
