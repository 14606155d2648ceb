export interface CircuitOpenFacts {
  /** The circuit's name. */
  readonly circuit: string;
  /** When it opened, in milliseconds since the epoch. */
  readonly since: number;
  /** How long until it admits a probe, in milliseconds. */
  readonly retryAfterMs: number;
}

/** A circuit breaker refused the call without making it. `cause` is the failure that opened the circuit. */
export class CircuitOpenError extends Error {
  override readonly name = "CircuitOpenError";
  readonly code = "ERR_CIRCUIT_OPEN"; // recognised by code: two copies of this package may be installed
  readonly circuit: string;
  readonly since: number;
  readonly retryAfterMs: number;

  constructor({ circuit, since, retryAfterMs }: CircuitOpenFacts, options?: ErrorOptions) {
    super(`Circuit "${circuit}" is open; it admits a probe in ${Math.ceil(retryAfterMs)} ms`, options);
    this.circuit = circuit;
    this.since = since;
    this.retryAfterMs = retryAfterMs;
  }
}
