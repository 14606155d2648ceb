import type { CircuitState } from "./circuit-state.ts";

/** What is remembered until a circuit has recovered. */
export interface Outage {
  /** When the circuit first opened, in milliseconds since the epoch; probes that fail do not change it. */
  readonly since: number;
  /** How often it has opened. */
  readonly openings: number;
  /** The last failure; `undefined` where none was seen, as when slow calls opened the circuit. */
  readonly failure: unknown;
}

/** The outage that belongs to a state, if one does. */
export function outageOf(state: CircuitState): Outage | undefined {
  return "outage" in state ? state.outage : undefined;
}

/** What the circuit has not yet recovered from: a trip while traffic ramps up is part of the same outage. */
export function ongoingOutage(state: CircuitState, atMs: number): Outage | undefined {
  if (state.kind !== "closed") return outageOf(state);
  return state.rampUp !== undefined && state.rampUp.remainingMs(atMs) > 0 ? state.rampUp.outage : undefined;
}
