/** Why a circuit refuses: it waits, it probes, it lets only a share of the calls through, or a person holds it open. */
export type RefusingState = "open" | "half-open" | "recovering" | "isolated";

export interface CircuitOpenFacts {
  /** The circuit's name. */
  readonly circuit: string;
  /** When it opened, in milliseconds since the epoch. */
  readonly since: number;
  /** How long until a call may be admitted, in milliseconds. `Infinity` while a person holds the circuit open. */
  readonly retryAfterMs: number;
  /** Default `open`. */
  readonly state?: RefusingState | undefined;
}

export interface CircuitOpenErrorOptions extends ErrorOptions {
  /**
   * Whether to capture a stack trace, which costs several times the error itself. Default false: then `stack`
   * is the name and the message alone.
   */
  readonly stack?: boolean | undefined;
}

/** A circuit breaker refused the call without making it. `cause` is the failure that opened the circuit. */
export class CircuitOpenError extends Error {
  override readonly name = "CircuitOpenError";
  readonly code = "ERR_CIRCUIT_OPEN"; // recognised by code: two copies of this package may be installed
  readonly circuit: string;
  readonly since: number;
  readonly retryAfterMs: number;
  readonly state: RefusingState;

  constructor(facts: CircuitOpenFacts, options?: CircuitOpenErrorOptions) {
    const message = messageOf(facts);
    const stackTraceLimit = Error.stackTraceLimit;
    const light = options?.stack !== true && isStackTraceLimitWritable();
    if (light) Error.stackTraceLimit = 0;
    super(message, options);
    if (light) Error.stackTraceLimit = stackTraceLimit;
    this.circuit = facts.circuit;
    this.since = facts.since;
    this.retryAfterMs = facts.retryAfterMs;
    this.state = facts.state ?? "open";
  }
}

function messageOf({ circuit, retryAfterMs, state = "open" }: CircuitOpenFacts): string {
  switch (state) {
    case "open":
      return `Circuit "${circuit}" is open; it admits a probe in ${Math.ceil(retryAfterMs)} ms`;
    case "half-open":
      return `Circuit "${circuit}" is half-open and its probes are under way; try again in ${Math.ceil(retryAfterMs)} ms`;
    case "recovering":
      return `Circuit "${circuit}" has just closed and admits only a share of the calls; try again in ${Math.ceil(retryAfterMs)} ms`;
    case "isolated":
      return `Circuit "${circuit}" is held open by hand; release the hold to admit calls`;
  }
}

// Under `node --frozen-intrinsics` and in hardened realms it is not: writing would throw, and the stack is captured.
function isStackTraceLimitWritable(): boolean {
  return Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable === true;
}
