/** What is remembered until a circuit has recovered. */
export interface Outage {
  /** When the circuit first opened, in milliseconds since the epoch; probes that fail do not change it. */
  readonly since: number;
  /** How often it has opened. */
  readonly openings: number;
  /** The last failure; `undefined` where none was seen, as when slow calls opened the circuit. */
  readonly failure: unknown;
}
