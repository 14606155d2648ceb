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
  readonly limiter: string;
  readonly reason: RefusalReason;
  readonly waiting: number;
  readonly waitedMs: number;
  readonly retryAfterMs: number | undefined;

  constructor(facts: LimitReachedFacts, options?: ErrorOptions) {
    super(messageOf(facts), options);
    this.limiter = facts.limiter;
    this.reason = facts.reason;
    this.waiting = facts.waiting;
    this.waitedMs = facts.waitedMs;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

function messageOf({ limiter, reason, waiting, waitedMs, retryAfterMs }: LimitReachedFacts): string {
  const again = retryAfterMs === undefined ? "" : `; try again in ${Math.ceil(retryAfterMs)} ms`;
  switch (reason) {
    case "queue-full":
      return `Limiter "${limiter}" refused the call: ${waiting} calls wait and its queue holds no more${again}`;
    case "waited-too-long":
      return `Limiter "${limiter}" refused the call: it may not wait as long as needed (${Math.round(waitedMs)} ms so far, ${waiting} calls wait)${again}`;
    case "deadline":
      return `Limiter "${limiter}" refused the call: its deadline comes before its turn (${Math.round(waitedMs)} ms waited, ${waiting} calls wait)${again}`;
  }
}
