/** What a back-off may go by. */
export interface BackoffStep {
  /** Which retry the pause is for: 1 is the first, made after the first attempt failed. */
  readonly retry: number;
  /** The pause before, in milliseconds; 0 for the first retry. */
  readonly previousMs: number;
  /** Whether the failure was throttling, which wants a longer pause. */
  readonly throttling: boolean;
  /** What failed: an error, or a value the result filter refused. */
  readonly reason: { readonly error: unknown } | { readonly value: unknown };
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Says how long to pause before a retry, in milliseconds. */
export type Backoff = (step: BackoffStep) => number;
