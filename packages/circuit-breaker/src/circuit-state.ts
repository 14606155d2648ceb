import type { Outage } from "./outage.ts";
import type { ProbeRound } from "./probe-round.ts";
import type { RampUp } from "./ramp-up.ts";
import type { Tally } from "./tally.ts";

/** One state at a time, each with what belongs to it and nothing else. Times named `…AtMs` are of the monotonic clock. */
export type CircuitState = ClosedState | OpenState | HalfOpenState | HeldState;

export interface ClosedState {
  readonly kind: "closed";
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly tally: Tally;
  /** Dropped once it is over. */
  rampUp: RampUp | undefined;
}

export interface OpenState {
  readonly kind: "open";
  readonly since: number;
  readonly openedAtMs: number;
  readonly openMs: number;
  readonly outage: Outage;
}

export interface HalfOpenState {
  readonly kind: "half-open";
  readonly since: number;
  /** How long the circuit was open before. */
  readonly openMs: number;
  readonly outage: Outage;
  readonly round: ProbeRound;
}

export type HeldState = IsolatedState | ForcedClosedState | DisabledState;

export interface IsolatedState {
  readonly kind: "isolated";
  readonly since: number;
  readonly holds: readonly HoldKind[];
}

export interface ForcedClosedState {
  readonly kind: "forced-closed";
  readonly since: number;
  readonly holds: readonly HoldKind[];
  /** Goes on counting, for `health()`. */
  readonly tally: Tally;
}

export interface DisabledState {
  readonly kind: "disabled";
  readonly since: number;
  readonly holds: readonly HoldKind[];
}

/** How a person holds a circuit. Of several holds in force the one that comes first here rules. */
export type HoldKind = HeldState["kind"];
export const holdKinds: readonly HoldKind[] = ["isolated", "forced-closed", "disabled"];
