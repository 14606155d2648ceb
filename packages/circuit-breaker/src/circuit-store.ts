/** What one member of a fleet says of a circuit: that its own is open, by its own evidence. */
export interface CircuitReport {
  readonly circuit: string;
  /** Who says so; one report of each member on each circuit is kept. */
  readonly member: string;
  /** When it was said, in milliseconds since the epoch. */
  readonly reportedAt: number;
  /** Until when its circuit stays open, in milliseconds since the epoch. The report means nothing after that. */
  readonly openUntil: number;
}

/** Where the members of a fleet leave their reports for each other. Each signal aborts when nobody waits any more. */
export interface CircuitStore {
  /** Keeps a report, in place of an earlier one of the same member on the same circuit. */
  report(report: CircuitReport, signal?: AbortSignal): Promise<void>;
  /** Drops a member's report on a circuit, if there is one. */
  withdraw(circuit: string, member: string, signal?: AbortSignal): Promise<void>;
  /** The reports of all members on all circuits. Those that mean nothing any more may be among them. */
  reports(signal?: AbortSignal): Promise<readonly CircuitReport[]>;
}
