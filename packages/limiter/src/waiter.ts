import type { CallContext } from "@holdfast/errors/policy";
import { Place } from "./waiting-line.ts";

/** What a call is told when it is let in. */
export interface Turn {
  /** The limiter's own number for it. */
  readonly number: number;
  /** When, in monotonic milliseconds. */
  readonly at: number;
  readonly waitedMs: number;
}

/** One call that waits. */
export class Waiter extends Place {
  readonly context: CallContext;
  readonly priority: number;
  readonly cost: number;
  /** Since when it waits, in monotonic milliseconds. */
  readonly since: number;
  readonly expiresAt: number;
  readonly turn: Promise<Turn>;
  readonly #onAbort: ((reason: unknown) => void) | undefined;
  #resolve!: (turn: Turn) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    context: CallContext,
    priority: number,
    cost: number,
    since: number,
    expiresAt: number,
    leave: (waiter: Waiter) => void,
  ) {
    super();
    this.context = context;
    this.priority = priority;
    this.cost = cost;
    this.since = since;
    this.expiresAt = expiresAt;
    this.turn = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (!context.abortable) return;
    this.#onAbort = () => leave(this);
    context.onAbort(this.#onAbort);
  }

  admit(turn: Turn): void {
    this.#stopListening();
    this.#resolve(turn);
  }

  turnAway(reason: unknown): void {
    this.#stopListening();
    this.#reject(reason);
  }

  #stopListening(): void {
    if (this.#onAbort !== undefined) this.context.offAbort(this.#onAbort);
  }
}
