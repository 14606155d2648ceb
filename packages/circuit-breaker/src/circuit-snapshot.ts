import type { CircuitMachine } from "./circuit-machine.ts";
import type { CircuitSettings } from "./circuit-settings.ts";
import type { ClosedState, OpenState } from "./circuit-state.ts";
import { outageOf } from "./outage-of.ts";
import { parseSnapshot } from "./parse-snapshot.ts";
import { RestoredFailure, type SavedFailure, savedFailure } from "./restored-failure.ts";
import type { SavedTally } from "./tally.ts";

/** A circuit as JSON. Times are in milliseconds since the epoch. */
export interface CircuitSnapshot {
  readonly version: 1;
  readonly circuit: string;
  readonly savedAt: number;
  readonly state: "closed" | "open";
  readonly since: number;
  /** What was counted, of a closed circuit. */
  readonly tally: SavedTally | null;
  /** Of an open one: until when it stays so. A half-open one is saved as open until now: its probes are lost. */
  readonly openUntil: number | null;
  readonly outage: SavedOutage | null;
}

export interface SavedOutage {
  readonly since: number;
  readonly openings: number;
  readonly failure: SavedFailure | null;
}

/** Whether a snapshot was used, and if not, why. */
export type RestoreResult = { readonly restored: true } | { readonly restored: false; readonly problem: string };

/** What of a circuit is worth keeping. No error's text is in it: a text may hold a secret. */
export function snapshotOf(machine: CircuitMachine, { clock }: CircuitSettings): CircuitSnapshot {
  const { state } = machine;
  const savedAt = clock.now();
  const outage = outageOf(state);
  const isOpen = state.kind === "open" || state.kind === "half-open";
  return {
    version: 1,
    circuit: machine.name,
    savedAt,
    state: isOpen ? "open" : "closed",
    since: isOpen || state.kind === "closed" ? state.since : savedAt,
    tally: state.kind === "closed" ? state.tally.save(clock.monotonic()) : null,
    openUntil: isOpen ? savedAt + (state.kind === "open" ? machine.retryAfterMs() : 0) : null,
    outage: outage === undefined ? null : { ...outage, failure: savedFailure(outage.failure) },
  };
}

/** Goes on from a snapshot, as far as it is one. */
export function restoreCircuit(machine: CircuitMachine, settings: CircuitSettings, snapshot: unknown): RestoreResult {
  const parsed = parseSnapshot(snapshot);
  if ("problem" in parsed) return { restored: false, problem: parsed.problem };
  const state =
    parsed.snapshot.state === "open" ? openFrom(parsed.snapshot, settings) : closedFrom(parsed.snapshot, settings);
  return machine.restore(state) ? { restored: true } : { restored: false, problem: "the circuit is held by hand" };
}

function openFrom({ circuit, since, openUntil, outage }: CircuitSnapshot, settings: CircuitSettings): OpenState {
  const now = settings.clock.now();
  const openings = outage?.openings ?? 1;
  // A clock that was ahead when the snapshot was taken must not keep the circuit open beyond its own longest time.
  const longestMs = Math.max(settings.openMsOf({ openings, error: undefined }), settings.maxServerHintMs);
  return {
    kind: "open",
    since: Math.min(since, now),
    openedAtMs: settings.clock.monotonic(),
    openMs: Math.min(Math.max(0, (openUntil ?? now) - now), longestMs),
    outage: {
      since: Math.min(outage?.since ?? since, now),
      openings,
      failure: outage?.failure == null ? undefined : new RestoredFailure(circuit, outage.failure),
    },
  };
}

function closedFrom(
  { since, savedAt, tally: saved }: CircuitSnapshot,
  { clock, newTally }: CircuitSettings,
): ClosedState {
  const now = clock.now();
  const tally = newTally();
  if (saved !== null) tally.load(saved, clock.monotonic(), Math.max(0, now - savedAt));
  return { kind: "closed", since: Math.min(since, now), tally, rampUp: undefined };
}
