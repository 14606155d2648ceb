import type { CircuitState } from "./circuit-state.ts";
import type { Outage } from "./outage.ts";

/** The outage that belongs to a state, if one does. */
export function outageOf(state: CircuitState): Outage | undefined {
  return "outage" in state ? state.outage : undefined;
}

/** What the circuit has not yet recovered from: a trip while traffic ramps up is part of the same outage. */
export function ongoingOutage(state: CircuitState, atMs: number): Outage | undefined {
  if (state.kind !== "closed") return outageOf(state);
  return state.rampUp !== undefined && state.rampUp.remainingMs(atMs) > 0 ? state.rampUp.outage : undefined;
}
