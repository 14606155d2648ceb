import type { CircuitHealth } from "./circuit-health.ts";
import type { CircuitMachine } from "./circuit-machine.ts";
import type { CircuitSettings } from "./circuit-settings.ts";
import type { CircuitState } from "./circuit-state.ts";
import { ongoingOutage } from "./outage-of.ts";
import { savedFailure } from "./restored-failure.ts";

/** A circuit at this moment. */
export function healthOf(machine: CircuitMachine, { mode, clock }: CircuitSettings): CircuitHealth {
  const { state } = machine;
  const { calls, failures, slowCalls, consecutiveFailures } = machine.figures();
  const now = clock.monotonic();
  const outage = ongoingOutage(state, now);
  return {
    circuit: machine.name,
    state: state.kind,
    since: state.since,
    enforced: mode === "enforce",
    calls,
    failures,
    slowCalls,
    failureRatio: calls === 0 ? 0 : failures / calls,
    slowCallRatio: calls === 0 ? 0 : slowCalls / calls,
    consecutiveFailures,
    retryAfterMs: machine.retryAfterMs(),
    admittedShare: admittedShare(state, now),
    probesInFlight: state.kind === "half-open" ? state.round.inFlight : 0,
    openings: outage?.openings ?? 0,
    lastFailure: savedFailure(outage?.failure),
  };
}

function admittedShare(state: CircuitState, atMs: number): number {
  switch (state.kind) {
    case "closed":
      return state.rampUp?.share(atMs) ?? 1;
    case "forced-closed":
    case "disabled":
      return 1;
    default:
      return 0;
  }
}
