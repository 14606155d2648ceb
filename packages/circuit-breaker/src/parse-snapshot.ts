import type { CircuitSnapshot, SavedOutage } from "./circuit-snapshot.ts";
import type { SavedFailure } from "./restored-failure.ts";
import type { SavedTally } from "./tally.ts";

type Parsed = { readonly snapshot: CircuitSnapshot } | { readonly problem: string };

const mostNumbers = 1_000_001; // of the longest window; more is not ours
const mostOpenings = 1_000_000;

/** Reads a snapshot, as an object or as JSON text. Takes anything at all; says what is wrong with it, and never throws. */
export function parseSnapshot(given: unknown): Parsed {
  try {
    return { snapshot: readSnapshot(typeof given === "string" ? (JSON.parse(given) as unknown) : given) };
  } catch (error) {
    return { problem: error instanceof Unusable ? error.message : "the snapshot cannot be read" };
  }
}

class Unusable extends Error {}

function readSnapshot(value: unknown): CircuitSnapshot {
  const { version, circuit, savedAt, state, since, tally, openUntil, outage } = record(value, "the snapshot");
  if (version !== 1) throw new Unusable("its version is not 1");
  if (state !== "closed" && state !== "open") throw new Unusable("`state` is neither closed nor open");
  return {
    version: 1,
    circuit: typeof circuit === "string" ? circuit : "circuit",
    savedAt: nonNegative(savedAt, "savedAt"),
    state,
    since: nonNegative(since, "since"),
    tally: tally == null ? null : readTally(tally),
    openUntil: openUntil == null ? null : nonNegative(openUntil, "openUntil"),
    outage: outage == null ? null : readOutage(outage),
  };
}

function readTally(value: unknown): SavedTally {
  const { consecutiveFailures, window } = record(value, "`tally`");
  if (window != null && !isNumbers(window)) throw new Unusable("`tally.window` is not a list of numbers");
  return {
    consecutiveFailures: Math.floor(nonNegative(consecutiveFailures, "tally.consecutiveFailures")),
    window: window ?? null,
  };
}

function readOutage(value: unknown): SavedOutage {
  const { since, openings, failure } = record(value, "`outage`");
  return {
    since: nonNegative(since, "outage.since"),
    openings: Math.min(Math.max(1, Math.floor(nonNegative(openings, "outage.openings"))), mostOpenings),
    failure: failure == null ? null : readFailure(failure),
  };
}

function readFailure(value: unknown): SavedFailure {
  const { name, code, httpStatus, requestId } = record(value, "`outage.failure`");
  return {
    name: typeof name === "string" ? name : "Error",
    code: typeof code === "string" ? code : null,
    httpStatus: typeof httpStatus === "number" ? httpStatus : null,
    requestId: typeof requestId === "string" ? requestId : null,
  };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new Unusable(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function nonNegative(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new Unusable(`\`${name}\` is not a number ≥ 0`);
  }
  return value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= mostNumbers && value.every((item) => typeof item === "number");
}
