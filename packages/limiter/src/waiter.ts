import type { CallContext } from "@holdfast/errors/policy";
import type { Turn, Wish } from "./limit.ts";
import { Place } from "./waiting-line.ts";

/** One call that waits. */
export class Waiter extends Place {
  readonly wish: Wish;
  /** Since when it waits, in monotonic milliseconds. */
  readonly since: number;
  readonly expiresAt: number;
  readonly #turn = Promise.withResolvers<Turn>();
  readonly #context: CallContext;
  readonly #onAbort: () => void;

  constructor(context: CallContext, wish: Wish, since: number, expiresAt: number, giveUp: (waiter: Waiter) => void) {
    super();
    this.wish = wish;
    this.since = since;
    this.expiresAt = expiresAt;
    this.#context = context;
    this.#onAbort = () => giveUp(this);
    context.onAbort(this.#onAbort);
  }

  get turn(): Promise<Turn> {
    return this.#turn.promise;
  }

  admit(number: number, at: number): void {
    this.#context.offAbort(this.#onAbort);
    this.#turn.resolve({ number, at, waitedMs: at - this.since, wish: this.wish });
  }

  turnAway(reason: unknown = this.#context.reason): void {
    this.#context.offAbort(this.#onAbort);
    this.#turn.reject(reason);
  }
}
