import type { IBreaker } from "cockatiel";
import { emptyWindow, type OutcomeWindow, type WindowCounts } from "./outcome-window.ts";

/** Why a closed circuit opens. */
export type TripReason = "consecutive-failures" | "failure-ratio" | "slow-call-ratio" | "breaker";

/** When a closed circuit opens; an absent threshold never opens it. */
export interface TripThresholds {
  readonly consecutiveFailures: number | undefined;
  readonly failureRatio: number | undefined;
  readonly slowCallRatio: number | undefined;
  /** Calls the window must hold before a ratio says anything. */
  readonly minimumCalls: number;
}

export interface TallyFigures extends WindowCounts {
  readonly consecutiveFailures: number;
}

const closed = 0; // cockatiel's `CircuitState.Closed`

/** What a closed circuit has seen since it closed, and whether that is enough to open it. */
export class Tally {
  readonly #thresholds: TripThresholds;
  readonly #window: OutcomeWindow | undefined;
  readonly #breaker: IBreaker | undefined;
  #consecutiveFailures = 0;

  constructor(thresholds: TripThresholds, window: OutcomeWindow | undefined, breaker: IBreaker | undefined) {
    this.#thresholds = thresholds;
    this.#window = window;
    this.#breaker = breaker;
  }

  /** Counts a call; says why the circuit should open, if it should. Only a bad call can open it. */
  record(failed: boolean, slow: boolean, atMs: number): TripReason | undefined {
    if (!failed && !slow) {
      this.succeeded(atMs);
      return undefined;
    }
    this.#consecutiveFailures = failed ? this.#consecutiveFailures + 1 : 0;
    this.#window?.record(failed, slow, atMs);
    if (!failed) this.#breaker?.success(closed);
    return this.#reasonToOpen(failed, atMs);
  }

  /** Counts a call that neither failed nor was slow. */
  succeeded(atMs: number): void {
    this.#consecutiveFailures = 0;
    this.#window?.record(false, false, atMs);
    this.#breaker?.success(closed);
  }

  figures(atMs: number): TallyFigures {
    const counts = this.#window?.counts(atMs) ?? emptyWindow;
    return { ...counts, consecutiveFailures: this.#consecutiveFailures };
  }

  save(atMs: number): SavedTally {
    return { consecutiveFailures: this.#consecutiveFailures, window: this.#window?.save(atMs) ?? null };
  }

  /** Takes over what {@link save} gave, `ageMs` ago. A window of another shape is left empty. */
  load(saved: SavedTally, atMs: number, ageMs: number): void {
    this.#consecutiveFailures = saved.consecutiveFailures;
    if (saved.window !== null) this.#window?.load(saved.window, atMs, ageMs);
  }

  #reasonToOpen(failed: boolean, atMs: number): TripReason | undefined {
    const { consecutiveFailures, failureRatio, slowCallRatio, minimumCalls } = this.#thresholds;
    if (failed && this.#breaker?.failure(closed) === true) return "breaker";
    if (consecutiveFailures !== undefined && this.#consecutiveFailures >= consecutiveFailures) {
      return "consecutive-failures";
    }
    if (this.#window === undefined) return undefined;
    const { calls, failures, slowCalls } = this.#window.counts(atMs);
    if (calls < minimumCalls) return undefined;
    if (failureRatio !== undefined && failures >= failureRatio * calls) return "failure-ratio";
    if (slowCallRatio !== undefined && slowCalls >= slowCallRatio * calls) return "slow-call-ratio";
    return undefined;
  }
}

export interface SavedTally {
  readonly consecutiveFailures: number;
  readonly window: readonly number[] | null;
}

/** Whether a saved tally is as good as a new one. */
export function isEmpty({ consecutiveFailures, window }: SavedTally): boolean {
  return consecutiveFailures === 0 && (window === null || window.length === 0);
}
