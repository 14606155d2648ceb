import { OptionError } from "@holdfast/errors";
import { assertDelayMs, assertKnownOptions, assertNumber, longestDelayMs } from "@holdfast/errors/policy";
import type { IBackoffFactory } from "cockatiel";

/** One opening of a circuit. */
export interface Opening {
  /** How often the circuit has opened since it last closed for good; 1 for the first. */
  readonly openings: number;
  /** The failure that opened it; `undefined` where a slow or hung call did. */
  readonly error: unknown;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** An open time that grows each time a probe fails. */
export interface OpenBackoff {
  /** Of the first opening, in milliseconds. Default 5,000. */
  readonly initialMs?: number | undefined;
  /** The longest, in milliseconds. Default 60,000. */
  readonly maxMs?: number | undefined;
  /** What each opening multiplies the one before by. ≥ 1. Default 2. */
  readonly factor?: number | undefined;
  /** Spreads the open time over ± this share of itself, so that a fleet does not probe in step. 0 to 1. Default 0. */
  readonly jitterRatio?: number | undefined;
}

/** What cockatiel's back-offs are to an open circuit: `attempt` is the number of openings. */
export type OpenBackoffFactory = IBackoffFactory<{ attempt: number; signal: AbortSignal; result: { error: unknown } }>;

export type OpenTime = number | OpenBackoff | OpenBackoffFactory | ((opening: Opening) => number);

/** Milliseconds a circuit stays open. */
export type OpenTimeOf = (opening: Opening) => number;

const defaultInitialMs = 5_000;

/**
 * Reads the option `openMs`; what a server asks for lengthens it, up to `maxServerHintMs`. A function or back-off
 * that yields no usable number gets the default first open time.
 */
export function openTimeFrom(option: OpenTime, maxServerHintMs: number, random: () => number): OpenTimeOf {
  const plannedMsOf = plannedTimeFrom(option, random);
  return (opening) => Math.max(plannedMsOf(opening), Math.min(opening.retryAfterMs ?? 0, maxServerHintMs));
}

function plannedTimeFrom(option: OpenTime, random: () => number): OpenTimeOf {
  if (typeof option === "number") {
    assertDelayMs("openMs", option);
    return () => option;
  }
  if (typeof option === "function") return (opening) => usable(() => option(opening));
  if (typeof option !== "object" || option === null) {
    throw new OptionError("openMs", "milliseconds, a back-off, or a function", option);
  }
  return "next" in option ? fromFactory(option) : fromBackoff(option, random);
}

function fromBackoff(option: OpenBackoff, random: () => number): OpenTimeOf {
  assertKnownOptions("openMs", option, { initialMs: 0, maxMs: 0, factor: 0, jitterRatio: 0 });
  const { initialMs = defaultInitialMs, maxMs = 60_000, factor = 2, jitterRatio = 0 } = option;
  assertDelayMs("openMs.initialMs", initialMs);
  assertDelayMs("openMs.maxMs", maxMs, { min: initialMs });
  assertNumber("openMs.factor", factor, { min: 1 });
  assertNumber("openMs.jitterRatio", jitterRatio, { min: 0, max: 1 });
  return ({ openings }) => {
    const grown = Math.min(maxMs, initialMs * factor ** (openings - 1));
    return Math.min(longestDelayMs, jitterRatio === 0 ? grown : grown * (1 + jitterRatio * (2 * random() - 1)));
  };
}

const mostReplays = 64; // by then any back-off has reached its cap

// A back-off is a chain: replaying it keeps the circuit itself free of a link into it.
function fromFactory(factory: OpenBackoffFactory): OpenTimeOf {
  const { signal } = new AbortController();
  return ({ openings, error }) =>
    usable(() => {
      const result = { error };
      let backoff = factory.next({ attempt: 1, signal, result });
      for (let attempt = 2; attempt <= Math.min(openings, mostReplays); attempt++) {
        backoff = backoff.next({ attempt, signal, result });
      }
      return backoff.duration;
    });
}

function usable(openMs: () => number): number {
  try {
    const value = openMs();
    return typeof value === "number" && value >= 0 ? Math.min(value, longestDelayMs) : defaultInitialMs;
  } catch {
    return defaultInitialMs;
  }
}
