import type { CircuitState, OpenState } from "./circuit-state.ts";
import type { TallyFigures } from "./tally.ts";

const noFigures: TallyFigures = { calls: 0, failures: 0, slowCalls: 0, consecutiveFailures: 0 };

/** What a circuit counts in this state. */
export function figuresOf(state: CircuitState, atMs: number): TallyFigures {
  if (state.kind === "half-open") {
    const { passed, failed } = state.round;
    return { ...noFigures, calls: passed + failed, failures: failed };
  }
  return "tally" in state ? state.tally.figures(atMs) : noFigures;
}

/** How long until a circuit in this state may admit a call, in milliseconds; 0 where it may now. */
export function retryAfterMsOf(state: CircuitState, atMs: number): number {
  switch (state.kind) {
    case "open":
      return remainingMs(state, atMs);
    case "half-open":
      return Math.min(state.openMs, state.round.busyForMs()); // if the probes fail, it opens for about as long again
    case "isolated":
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

/** How long an open circuit stays so, in milliseconds. */
export function remainingMs({ openedAtMs, openMs }: OpenState, atMs: number): number {
  return Math.max(0, openedAtMs + openMs - atMs);
}
