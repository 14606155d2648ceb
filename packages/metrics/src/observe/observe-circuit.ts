import { asWord, type EventFacts, type Observation } from "./observation.ts";

// cockatiel's CircuitState, by number
const cockatielStates = ["closed", "open", "half-open", "isolated"] as const;
const refusing: readonly (string | undefined)[] = ["open", "isolated"];
const mostCircuits = 10_000;

/** Records a circuit's changes of state, its refusals, and how many circuits are open at each flush. */
export function observeCircuit(policy: object, observation: Observation): void {
  const { instruments, name } = observation;
  const open = new Set<string>();
  let state = stateOf((policy as { readonly state?: unknown }).state);
  if (refusing.includes(state)) open.add("");
  observation.until(instruments.circuitOpen.observe(() => open.size, { policy: name }));
  observation.on(policy, "onStateChange", (facts, raw) => {
    const fromState = asWord(facts.from) ?? state;
    state = asWord(facts.to) ?? stateOf(raw);
    note(open, typeof facts.circuit === "string" && !("state" in policy) ? facts.circuit : "", state);
    observation.keep(instruments.circuitChanges.with({ policy: name, fromState, toState: state })).add();
  });
  observation.on(policy, "onEvict", (facts) => {
    if (typeof facts.circuit === "string") open.delete(facts.circuit);
  });
  observation.on(policy, "onReject", (facts: EventFacts) => {
    if (facts.enforced === false) return; // a circuit that only observes refused nothing
    observation.keep(instruments.circuitRejections.with({ policy: name })).add();
  });
}

function note(open: Set<string>, circuit: string, to: string | undefined): void {
  if (!refusing.includes(to)) open.delete(circuit);
  else if (open.size < mostCircuits) open.add(circuit);
}

function stateOf(value: unknown): string | undefined {
  return typeof value === "number" ? cockatielStates[value] : typeof value === "string" ? value : undefined;
}
