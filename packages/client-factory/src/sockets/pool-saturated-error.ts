export interface PoolSaturationFacts {
  /** The host the sockets lead to, e.g. `https://sqs.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly tier: string;
  readonly maxSockets: number;
  /** Requests that wait for a socket. */
  readonly waiting: number;
  /** How long this request waited, in milliseconds. */
  readonly waitedMs: number;
}

/** All sockets to a host are taken, and the queue for them is full or moves too slowly. No request was sent. */
export class PoolSaturatedError extends Error {
  override readonly name = "PoolSaturatedError";
  readonly code = "ERR_POOL_SATURATED"; // recognised by code: two copies of this package may be installed
  readonly endpoint: string;
  readonly tier: string;
  readonly maxSockets: number;
  readonly waiting: number;
  readonly waitedMs: number;

  constructor(facts: PoolSaturationFacts) {
    const { endpoint, tier, maxSockets, waiting, waitedMs } = facts;
    super(
      `All ${maxSockets} sockets to ${endpoint} are taken and ${waiting} requests of tier "${tier}" wait` +
        `${waitedMs > 0 ? `, this one for ${Math.round(waitedMs)} ms` : ""}; ` +
        "send fewer at once, read the bodies of answers to their end, or raise `sockets.maxSockets`",
    );
    this.endpoint = endpoint;
    this.tier = tier;
    this.maxSockets = maxSockets;
    this.waiting = waiting;
    this.waitedMs = waitedMs;
  }
}
