/** What a part says of itself; the facts are shown, and must hold no secret. */
export interface PartHealth {
  readonly ready: boolean;
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
}

/** Something whose health is known: a policy, a journal, metrics, or a function that says. */
export type HealthPart = object | (() => PartHealth | PromiseLike<PartHealth>);

interface Known {
  readonly kind?: unknown;
  readonly wrapped?: unknown;
  readonly state?: unknown;
  readonly health?: () => unknown;
  readonly snapshot?: () => { readonly [fact: string]: unknown };
  readonly transactions?: (filter: { readonly open: boolean }) => PromiseLike<readonly { readonly status: string }[]>;
}

// cockatiel's CircuitState, by number
const cockatielStates = ["closed", "open", "half-open", "isolated"];

/**
 * Reads the health of one part. A circuit is ready unless it refuses calls, circuits by key unless all of them do, a limiter unless calls
 * have waited longer than `longestWaitMs`, a journal unless a transaction waits for a person, a composition unless one of its policies is not;
 * metrics always are: they are not in the way.
 */
export async function partHealth(part: HealthPart, longestWaitMs: number): Promise<PartHealth> {
  if (typeof part === "function") return (part as () => PartHealth)();
  const known = part as Known;
  if (Array.isArray(known.wrapped)) return composedHealth(known.wrapped, longestWaitMs);
  if (typeof known.transactions === "function") return journalHealth(await known.transactions({ open: true }));
  // Circuits have a `snapshot()` too: what only they have comes first.
  if (known.state !== undefined) return circuitHealth(known.state);
  const health: unknown = typeof known.health === "function" ? known.health() : undefined;
  if (isObject(health) && isObject(health.byState)) return circuitsHealth(health.byState, Number(health.circuits));
  if (typeof known.snapshot === "function") return limiterHealth(known.snapshot(), longestWaitMs);
  if (isObject(health) && Array.isArray(health.sinks)) return metricsHealth(health.sinks);
  return { ready: true };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

async function composedHealth(policies: readonly Known[], longestWaitMs: number): Promise<PartHealth> {
  const parts = await Promise.all(policies.map((policy) => partHealth(policy, longestWaitMs)));
  const facts = parts.flatMap(({ facts = {} }, index) =>
    Object.entries(facts).map(([fact, value]) => [`${policies[index]?.kind ?? `policy ${index + 1}`} ${fact}`, value]),
  );
  return { ready: parts.every(({ ready }) => ready), facts: Object.fromEntries(facts) };
}

function circuitHealth(given: unknown): PartHealth {
  const state = typeof given === "number" ? (cockatielStates[given] ?? String(given)) : String(given);
  return { ready: state !== "open" && state !== "isolated", facts: { state } };
}

function circuitsHealth(byState: Readonly<Record<string, unknown>>, circuits: number): PartHealth {
  const open = Number(byState.open ?? 0) + Number(byState.isolated ?? 0);
  return { ready: circuits === 0 || open < circuits, facts: { circuits, open } };
}

function limiterHealth(
  { waiting, inFlight, perSecond, longestWaitMs = 0 }: Readonly<Record<string, unknown>>,
  most: number,
): PartHealth {
  const [longest, queue, flying] = [Number(longestWaitMs), Number(waiting), Number(inFlight)];
  const facts = {
    waiting: queue,
    inFlight: flying,
    longestWaitMs: longest,
    ...(typeof perSecond === "number" ? { perSecond } : {}),
  };
  return { ready: longest <= most, facts };
}

function journalHealth(open: readonly { readonly status: string }[]): PartHealth {
  const parked = open.filter(({ status }) => status === "parked").length;
  return { ready: parked === 0, facts: { open: open.length, parked } };
}

function metricsHealth(sinks: readonly unknown[]): PartHealth {
  const states = sinks.filter(isObject).map(({ name, state }) => [`sink ${String(name)}`, String(state)] as const);
  return { ready: true, facts: Object.fromEntries(states) };
}
