import { type Backoff, decorrelated, exponential, jitteredLinear } from "../../packages/retry/src/index.ts";

export interface Strategy {
  readonly name: string;
  readonly backoff: Backoff;
}

/** The columns of the article's simulation: base 5 ms, cap 2,000 ms. Its exponents begin at 1, so the first window is 10 ms. */
export const articleStrategies: readonly Strategy[] = [
  { name: "none", backoff: () => 0 },
  { name: "exponential", backoff: exponential({ baseMs: 10, maxMs: 2_000, jitter: "none" }) },
  { name: "equal jitter", backoff: continuous("equal") },
  { name: "full jitter", backoff: continuous("full") },
  { name: "decorrelated", backoff: decorrelatedOf(5, 2_000) },
];

/** What this package and the AWS SDK do. */
export const ourStrategies: readonly Strategy[] = [
  { name: "AWS 2026", backoff: exponential({ baseMs: 50, maxMs: 20_000 }) },
  { name: "jitteredLinear", backoff: jitteredLinear({ stepMs: 100, maxMs: 2_000 }) },
  { name: "our decorrelated", backoff: decorrelated({ baseMs: 5, maxMs: 2_000 }) },
];

// The article's pauses are fractions of milliseconds; ours are whole ones, which at a base of 5 ms would show.
function continuous(jitter: "full" | "equal"): Backoff {
  return ({ retry, random }) => {
    const window = Math.min(2_000, 5 * 2 ** retry);
    return jitter === "full" ? random() * window : window / 2 + (random() * window) / 2;
  };
}

function decorrelatedOf(baseMs: number, maxMs: number): Backoff {
  return ({ previousMs, random }) => {
    const widest = Math.max(baseMs, previousMs) * 3;
    return Math.min(maxMs, baseMs + random() * (widest - baseMs));
  };
}
