import type { CircuitBreaker } from "./circuit-breaker-policy.ts";
import type { CircuitSnapshot } from "./circuit-snapshot.ts";
import { isEmpty } from "./tally.ts";

/** Many circuits as JSON. */
export interface CircuitsSnapshot {
  readonly version: 1;
  /** The last used first. */
  readonly circuits: readonly CircuitSnapshot[];
}

/** What became of a snapshot of many circuits. */
export interface CircuitsRestoreResult {
  readonly restored: number;
  /** What could not be used, at most ten of them. */
  readonly problems: readonly string[];
}

const mostProblems = 10;

/** Leaves out circuits that are as good as new. */
export function snapshotOfAll(circuits: Iterable<CircuitBreaker>): CircuitsSnapshot {
  const snapshots = Array.from(circuits, (circuit) => circuit.snapshot());
  return { version: 1, circuits: snapshots.filter((snapshot) => !isAsNew(snapshot)) };
}

/** Restores the circuits of a snapshot, the last used last, so that they are again the last to go. */
export function restoreCircuits(given: unknown, circuitOf: (key: string) => CircuitBreaker): CircuitsRestoreResult {
  const snapshots = listed(given);
  if (snapshots === undefined) return { restored: 0, problems: ["it is not a snapshot of circuits, version 1"] };
  const problems: string[] = [];
  let restored = 0;
  for (const snapshot of snapshots.toReversed()) {
    const key = (snapshot as { readonly circuit?: unknown } | null)?.circuit;
    const result = typeof key === "string" ? circuitOf(key).restore(snapshot) : noKey;
    if (result.restored) restored++;
    else if (problems.length < mostProblems) problems.push(`${JSON.stringify(key)}: ${result.problem}`);
  }
  return { restored, problems };
}

const noKey = { restored: false, problem: "it names no circuit" } as const;

function listed(given: unknown): readonly unknown[] | undefined {
  try {
    const { version, circuits } = (typeof given === "string" ? JSON.parse(given) : given) as Partial<CircuitsSnapshot>;
    return version === 1 && Array.isArray(circuits) ? circuits : undefined;
  } catch {
    return undefined;
  }
}

function isAsNew({ state, tally }: CircuitSnapshot): boolean {
  return state === "closed" && (tally === null || isEmpty(tally));
}
