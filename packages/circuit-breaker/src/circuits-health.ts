import type { CircuitBreaker } from "./circuit-breaker-policy.ts";
import type { CircuitHealth } from "./circuit-health.ts";
import type { CircuitStateName } from "./transition.ts";

/** Many circuits at this moment. */
export interface CircuitsHealth {
  readonly circuits: number;
  /** How many are in each state. */
  readonly byState: Readonly<Record<CircuitStateName, number>>;
  /** Those that do not admit every call, at most 100, the last used first. */
  readonly unhealthy: readonly CircuitHealth[];
  /** Circuits dropped so far for lack of room. */
  readonly evicted: number;
}

const mostListed = 100;

export function healthOfAll(circuits: Iterable<CircuitBreaker>, evicted: number): CircuitsHealth {
  const byState = { closed: 0, open: 0, "half-open": 0, isolated: 0, "forced-closed": 0, disabled: 0 };
  const unhealthy: CircuitHealth[] = [];
  let count = 0;
  for (const circuit of circuits) {
    count++;
    byState[circuit.state]++;
    if (unhealthy.length >= mostListed) continue;
    const health = circuit.health();
    if (health.admittedShare < 1) unhealthy.push(health);
  }
  return { circuits: count, byState, unhealthy, evicted };
}
