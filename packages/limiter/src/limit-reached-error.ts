/** Why a limiter refused a call: its queue is full, the call waited too long, or its deadline comes too soon. */
export type RefusalReason = "queue-full" | "waited-too-long" | "deadline";

export interface LimitReachedFacts {
  /** The limiter's name. */
  readonly limiter: string;
  readonly reason: RefusalReason;
  /** How many calls were waiting. */
  readonly waiting: number;
  /** How long this call had waited, in milliseconds. */
  readonly waitedMs: number;
  /** When a call is likely to be admitted, in milliseconds from now; `undefined` if the limiter cannot say. */
  readonly retryAfterMs?: number | undefined;
}

/** A limiter refused the call without making it. */
export class LimitReachedError extends Error {
  override readonly name = "LimitReachedError";
  readonly code = "ERR_LIMIT_REACHED"; // recognised by code: two copies of this package may be installed
  declare readonly limiter: string;
  declare readonly reason: RefusalReason;
  declare readonly waiting: number;
  declare readonly waitedMs: number;
  declare readonly retryAfterMs: number | undefined;

  constructor(facts: LimitReachedFacts, options?: ErrorOptions) {
    super(messageOf(facts), options);
    Object.assign(this, facts);
  }
}

function messageOf({ limiter, reason, waiting, waitedMs, retryAfterMs }: LimitReachedFacts): string {
  const again = retryAfterMs === undefined ? "" : `; try again in ${Math.ceil(retryAfterMs)} ms`;
  return `Limiter "${limiter}" refused the call: ${reason} (${waiting} waiting, this one for ${Math.round(waitedMs)} ms)${again}`;
}
