import { OptionError } from "@holdfast/errors";
import { assertDelayMs, longestDelayMs } from "@holdfast/errors/policy";
import type { Backoff, BackoffStep } from "./backoff.ts";

/** A back-off of cockatiel's: its `IBackoffFactory`, structurally. */
export interface CockatielBackoff {
  next(context: {
    readonly attempt: number;
    readonly signal: AbortSignal;
    readonly result: BackoffStep["reason"];
  }): CockatielPause;
}

interface CockatielPause extends CockatielBackoff {
  /** Milliseconds. */
  readonly duration: number;
}

/** What the option `backoff` takes: a back-off, a fixed pause in milliseconds, or one of cockatiel's. */
export type BackoffSource = Backoff | CockatielBackoff | number;

/**
 * Makes the back-off of one call; cockatiel's keep their state in the pause before.
 *
 * @throws OptionError if `backoff` is none of the three.
 */
export function backoffStarter(backoff: BackoffSource): () => Backoff {
  if (typeof backoff === "number") {
    assertDelayMs("backoff", backoff);
    return () => () => backoff;
  }
  if (typeof backoff === "object" && typeof backoff?.next === "function") return () => followCockatiel(backoff);
  if (typeof backoff !== "function")
    throw new OptionError("backoff", "milliseconds, or as exponential() gives", backoff);
  return () => backoff as Backoff;
}

function followCockatiel(factory: CockatielBackoff): Backoff {
  let last: CockatielBackoff = factory;
  return ({ retry, reason }) => {
    const pause = last.next({ attempt: retry, signal: new AbortController().signal, result: reason });
    last = pause;
    return pause.duration;
  };
}

/** The pause where a back-off gives none: the longest of the AWS SDK. */
const pauseForWantOfOneMs = 20_000;

/** A pause that a timer can wait. What is no pause (`NaN`, negative, undefined) becomes a long one, never a hot loop. */
export function waitablePause(delayMs: number): number {
  if (typeof delayMs !== "number" || !(delayMs >= 0)) return pauseForWantOfOneMs;
  return Math.min(delayMs, longestDelayMs);
}
