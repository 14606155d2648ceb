import { attemptsOf, type Classification } from "@holdfast/errors";
import type { Clock } from "@holdfast/errors/policy";

/**
 * How long a refused long poll waits before it fails, in milliseconds. A consumer polls again as soon as it
 * hears, so a refusal without a pause is a hot loop. The AWS SDK pauses when its own quota is empty: uniform in
 * [0, base · 2^(attempts − 1)), base 1,000 when throttled and 50 otherwise, capped at 20,000.
 */
export function longPollPauseMs(
  error: unknown,
  classification: Classification,
  attempts: number,
  random: () => number,
): number {
  if (!wasRefused(error, classification)) return 0;
  const base = classification.retry === "throttling" ? 1_000 : 50;
  return Math.floor(random() * Math.min(20_000, base * 2 ** Math.max(0, attempts - 1)));
}

/** Pauses, or ends early when the signal aborts; never rejects. */
export function pause(delayMs: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.setTimeout(done, delayMs);
    signal?.addEventListener("abort", done, { once: true });
  });
}

function wasRefused(error: unknown, { kind }: Classification): boolean {
  return kind === "circuit-open" || kind === "limit-reached" || attemptsOf(error)?.stopReason === "budget";
}
